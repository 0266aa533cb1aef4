/** Runs one benchmark and prints its results. */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peersPython } from '../infra/setup/peers.mjs';
import { root } from '../infra/setup/root.mjs';
import type { Request } from './arguments.ts';
import { benchmarks, type Bar, type Benchmark } from './benchmarks.ts';
import { measureFromStart, measureInTurns, type Measurements } from './measure.ts';
import { resultTable, type BarResult, type SideResult } from './report.ts';
import { stopSides, type SideCommand } from './side.ts';
import { compare, summarise } from './statistics.ts';

/** Both sides compute on the CPU, with as many threads as their libraries choose by themselves. */
const ENVIRONMENT = { CUDA_VISIBLE_DEVICES: '' };

/**
 * Prints a table or JSON. Ctrl-C ends both sides first.
 * @throws SideFailed
 */
export async function bench(request: Request): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stopSides().finally(() => process.exit(130)));
  }
  const { name, rounds, json } = request;
  const { title, unit }: Benchmark = benchmarks[name];
  const bars: BarResult[] = [];
  for (const bar of request.bars) bars.push(await measureBar(request, bar));
  if (json) console.log(JSON.stringify({ name, title, unit, rounds, machine: machine(), bars }));
  else console.log(`${title}\n\n${resultTable(unit, bars).trimEnd()}`);
}

async function measureBar({ name, rounds, peer }: Request, bar: Bar): Promise<BarResult> {
  const { warmUps, fromStart, peer: program }: Benchmark = benchmarks[name];
  const { limit: _, ratioLimit: __, ...setting } = bar;
  const arguments_ = JSON.stringify(setting);
  const commands: SideCommand[] = [
    {
      title: `our side of ${name}`,
      command: process.execPath,
      args: [fileURLToPath(new URL('./our-side.js', import.meta.url)), name, arguments_],
      environment: ENVIRONMENT,
    },
  ];
  if (peer) {
    commands.push({
      title: `the peer of ${name}`,
      command: peersPython(),
      args: [join(root, 'bench', 'peers', program!), arguments_],
      environment: ENVIRONMENT,
    });
  }
  const measure = fromStart ? measureFromStart : measureInTurns;
  const [ours, theirs] = (await measure(commands, { warmUps, rounds })).map(resultOf);
  return {
    ...bar,
    ours: ours!,
    peer: theirs ? { ...theirs, ...compare(ours!.values, theirs.values) } : null,
  };
}

const resultOf = ({ values, peakMemory }: Measurements): SideResult => ({ ...summarise(values), peakMemory });

/** What the values depend on. */
const machine = () => ({
  processor: cpus()[0]!.model,
  threads: availableParallelism(),
  node: process.version,
});
