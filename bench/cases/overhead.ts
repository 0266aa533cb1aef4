/** What a training step takes beside its session run. */
import type { Setting } from '../benchmark.ts';
import { timeSessions } from '../session-timer.ts';
import { timed, type Measured } from './measured.ts';
import { IMAGE_SIZE, network } from './networks.ts';

export async function prepare({ model, batch }: Setting): Promise<Measured> {
  const inSessions = timeSessions();
  const { trainingSteps } = await import('./train.ts');
  const { step } = trainingSteps(network(model!), batch!, IMAGE_SIZE);
  return {
    run: () => {
      inSessions();
      return timed(step) - inSessions();
    },
  };
}
