/** Runs one benchmark and prints its results. */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peersPython } from '../infra/setup/peers.mjs';
import { root } from '../infra/setup/root.mjs';
import type { Request } from './arguments.ts';
import { settingOf, type Bar, type Benchmark } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
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
  const { title, unit, together }: Benchmark = benchmarks[name];
  const bars: BarResult[] = [];
  for (const measured of together ? [request.bars] : request.bars.map((bar) => [bar])) {
    bars.push(...(await measureBars(request, measured)));
  }
  if (json) console.log(JSON.stringify({ name, title, unit, rounds, machine: machine(), bars }));
  else console.log(`${title}\n\n${resultTable(unit, bars).trimEnd()}`);
}

/** @param bars one, or all that are measured together */
async function measureBars({ name, rounds, peer }: Request, bars: readonly Bar[]): Promise<BarResult[]> {
  const { warmUps, fromStart, together, peer: program }: Benchmark = benchmarks[name];
  const arguments_ = JSON.stringify(together ? {} : settingOf(bars[0]!));
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
  const sides = await measure(commands, { warmUps, rounds });
  return bars.map((bar, at) => {
    const [ours, theirs] = sides.map((side) => resultOf(side, at));
    return {
      ...bar,
      ours: ours!,
      peer: theirs ? { ...theirs, ...compare(ours!.values, theirs.values) } : null,
    };
  });
}

const resultOf = ({ values, peakMemory }: Measurements, bar: number): SideResult => ({
  ...summarise(values.map((round) => round[bar]!)),
  peakMemory,
});

/** What the values depend on. */
const machine = () => ({
  processor: cpus()[0]!.model,
  threads: availableParallelism(),
  node: process.version,
});
