/** `phoenix supervise`: the process that `phoenix up` leaves in the background. Its log is its standard output. */
import { startStack } from '../infra/stack/stack.ts';
import { aborted, interruption } from './interrupt.ts';

export async function supervise(): Promise<void> {
  const interrupted = interruption();
  const stack = await startStack((line) => console.log(`${new Date().toISOString()} ${line}`), interrupted);
  // Nothing else holds the process once its children are between two lives.
  const hold = setInterval(() => {}, 2 ** 30);
  await aborted(interrupted);
  await stack.stop();
  clearInterval(hold);
}
