import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

/** JSON lines on standard error; `PHOENIX_LOG` sets the level. */
export const log: Logger = pino(
  { base: { pid: process.pid }, level: process.env['PHOENIX_LOG'] ?? 'info' },
  pino.destination(2),
);

/**
 * Sends what Temporal's SDK has to say to the same log, warnings and errors only. Signals are left to whoever started the
 * worker: they end it through its `AbortSignal`.
 */
export function installRuntime(): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log[level === 'ERROR' ? 'error' : 'warn'](meta ?? {}, message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
  });
}
