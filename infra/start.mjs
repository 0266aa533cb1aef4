/** `npm start`: all the set-up that is missing, then the local stack and the quickstart experiment. */
import { everything, wantsHelp } from './setup/needs.mjs';
import { orExplain, parts, setUp } from './setup/setup.mjs';
import { say } from './setup/progress.mjs';

const args = process.argv.slice(2);
const isBuilt = () => [parts.packages, parts.build].every((part) => part.state().state === 'ok');

if (wantsHelp(args) && !isBuilt()) {
  say(
    'npm start [-- --exit]   sets up what is missing, starts the local stack and runs experiments/quickstart.yaml',
  );
} else {
  await orExplain(async () => {
    if (!wantsHelp(args)) await setUp(everything());
    process.argv.splice(2, Infinity, 'start', ...args);
    await import('../dist/cli/main.js');
  });
}
