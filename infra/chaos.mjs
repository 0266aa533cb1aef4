/** `npm run chaos`: the set-up that a stack needs, then a small experiment whose processes are killed again and again. */
import { everything } from './setup/needs.mjs';
import { orExplain, setUp } from './setup/setup.mjs';

await orExplain(async () => {
  await setUp(['packages', 'build']);
  const { parseArguments } = await import('../dist/chaos/arguments.js');
  const request = parseArguments(process.argv.slice(2));
  if (request === null) return;
  await setUp(everything({}));
  const { main } = await import('../dist/chaos/main.js');
  await main(request);
});
