/** Which errors are worth another attempt: the one place where errors of the library become Temporal failures. */
import { ApplicationFailure } from '@temporalio/common';

/**
 * Bad settings, damaged data and bugs: the same inputs will fail in the same way. Everything else (the store, the
 * network, a device, a crashed process) may work the next time or on another machine.
 */
const PERMANENT = new Set([
  'BadSafetensors',
  'CorruptObject',
  'CovarianceNotFinite',
  'DataFileCorrupt',
  'DataFileMissing',
  'MismatchedUpdate',
  'MissingObject',
  'NotCanonical',
  'TraceError',
  'TrainingDiverged',
  'WeightsDamaged',
  'WeightsMissing',
  'AssertionError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
]);

/** Not a fault, and over soon: the slot is free in between. Everything else waits as the workflow's retry policy says. */
const NEXT_RETRY: Readonly<Record<string, '5 s'>> = { StepHeldElsewhere: '5 s' };

/** The failure keeps the error's name as its type, and its message. */
export function failureOf(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return ApplicationFailure.create({
    type: name,
    message,
    nonRetryable: PERMANENT.has(name),
    ...(NEXT_RETRY[name] && { nextRetryDelay: NEXT_RETRY[name] }),
    ...(error instanceof Error && { cause: error }),
  });
}
