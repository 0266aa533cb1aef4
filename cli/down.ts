/** `phoenix down`: stops the local stack, whether `up` or `npm start` started it. */
import { stopFromOutside } from '../infra/stack/background.ts';

export async function down(): Promise<void> {
  const stopped = await stopFromOutside();
  console.log(
    stopped ? 'The local stack is stopped; `npx phoenix up` goes on with its runs.' : 'Nothing was running.',
  );
}
