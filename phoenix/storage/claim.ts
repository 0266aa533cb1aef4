/**
 * Who works on an open step. Results are pure, so two that compute the same step do no harm; a claim only sees to it
 * that they do not: it is held for a minute at a time, and free to everybody once its holder has ended or gone silent.
 */

/** An attempt of an activity, in the terms of whoever schedules the work. */
export interface Owner {
  readonly workflow: string;
  /** One execution of the workflow; there is never more than one at a time. */
  readonly execution: string;
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
}

export interface Claim {
  readonly owner: Owner;
  /** Milliseconds since 1970; in the past once the claim was given back. */
  readonly expires: number;
}

/** How long a claim holds, in ms. A training step may keep its process from renewing it for tens of seconds. */
export const LEASE_MS = 60_000;
/** How often a claim is renewed, in ms: shorter steps never are. */
export const RENEWAL_MS = 15_000;

/** Somebody else computes this step just now; its result will be there for the taking. */
export class StepHeldElsewhere extends Error {
  override readonly name = 'StepHeldElsewhere';
  readonly step: string;
  readonly owner: Owner;
  readonly expires: number;

  constructor(step: string, { owner, expires }: Claim) {
    super(
      `step ${step} is under way in ${owner.workflow} (activity ${owner.activity}, attempt ${owner.attempt}), ` +
        `which holds it until ${new Date(expires).toISOString()}`,
    );
    this.step = step;
    this.owner = owner;
    this.expires = expires;
  }
}

/** A later attempt, or somebody who took this one for dead, goes on with the step. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
  readonly step: string;

  constructor(step: string) {
    super(`step ${step} was taken over while it was computed here`);
    this.step = step;
  }
}

/** Whether `owner` may take a step over that is claimed so, at the time `now` (ms since 1970). */
export function mayTakeOver(owner: Owner, { owner: holder, expires }: Claim, now: number): boolean {
  if (expires <= now) return true;
  if (owner.workflow !== holder.workflow) return false;
  // What an earlier execution of the same workflow had begun is not wanted by anybody any more.
  if (owner.execution !== holder.execution) return true;
  return owner.activity === holder.activity && owner.attempt >= holder.attempt;
}
