/** The process that is our side: `node our-side.js NAME SETTING`, the setting as JSON. `side.ts` has the protocol. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Setting } from './benchmark.ts';
import type { BenchmarkName } from './benchmarks.ts';
import { cases } from './cases/index.ts';

const ANSWERS = 3;
const [name, setting] = process.argv.slice(2) as [BenchmarkName, string];
const answer = (message: object) => writeSync(ANSWERS, `${JSON.stringify(message)}\n`);

const benchmark = await cases[name]();
const measured = await benchmark.prepare(JSON.parse(setting) as Setting);
answer({ ready: true });
for await (const _ of createInterface({ input: process.stdin })) answer({ value: await measured.run() });
await measured.close?.();
