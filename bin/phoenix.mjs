#!/usr/bin/env node
/** `phoenix`: brings what the command needs and is not there yet, then runs the command line in dist/. */
import { needsOf } from '../infra/setup/needs.mjs';
import { orExplain, setUp } from '../infra/setup/setup.mjs';

await orExplain(async () => {
  await setUp(needsOf(process.argv.slice(2)));
  await import('../dist/cli/main.js');
});
