/** `npm run classifier`: the set-up that training or testing the shipped classifiers needs, then what is asked for. */
import { orExplain, setUp } from './setup/setup.mjs';

await orExplain(async () => {
  await setUp(['packages', 'build']);
  const { parseArguments } = await import('../dist/classifier/arguments.js');
  const request = parseArguments(process.argv.slice(2));
  if (request === null) return;
  await setUp(['packages', 'build', 'libtensorflow', 'addon', 'cifar10']);
  const { main } = await import('../dist/classifier/main.js');
  await main(request);
});
