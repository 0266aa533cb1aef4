/** `npm run bench`: the build, then the set-up that the benchmark asked for needs, then the benchmark. */
import { benchNeeds } from './setup/needs.mjs';
import { orExplain, setUp } from './setup/setup.mjs';

await orExplain(async () => {
  await setUp(['packages', 'build']);
  const { parseArguments } = await import('../dist/bench/arguments.js');
  const request = parseArguments(process.argv.slice(2));
  if (request === null) return;
  await setUp(benchNeeds(request));
  const { bench } = await import('../dist/bench/main.js');
  await bench(request);
});
