/** Search attributes: what runs can be filtered and sorted by in the web UI and by `temporal workflow list`. */
import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import { activeClients } from '../phoenix/federation/strikes.ts';

const MODE = defineSearchAttributeKey('PhoenixMode', 'KEYWORD');
const ALPHA = defineSearchAttributeKey('PhoenixAlpha', 'KEYWORD');
const BETA = defineSearchAttributeKey('PhoenixBeta', 'KEYWORD');
const FID = defineSearchAttributeKey('PhoenixFid', 'DOUBLE');
const PRECISION = defineSearchAttributeKey('PhoenixPrecision', 'DOUBLE');
const ROUND = defineSearchAttributeKey('PhoenixRound', 'INT');
const ACTIVE_CLIENTS = defineSearchAttributeKey('PhoenixActiveClients', 'INT');

/** "iid", "2-class", "dirichlet 0.5" */
function modeOf(partition: Experiment['data']['partition']): string {
  if (partition.kind === 'classes') return `${partition.classesPerClient}-class`;
  if ('concentration' in partition) return `${partition.kind} ${partition.concentration}`;
  return partition.kind === 'feature' ? `feature ${partition.noise}` : partition.kind;
}

/** What the settings say: how the data is divided and shared (percent). */
export function settingAttributes({ data }: Experiment): SearchAttributeUpdatePair[] {
  const { partition, sharing } = data;
  return [
    { key: MODE, value: modeOf(partition) },
    ...(sharing === null
      ? []
      : [
          { key: ALPHA, value: String(sharing.alpha) },
          { key: BETA, value: String(sharing.beta) },
        ]),
  ];
}

/** How far the run is: rounds done, clients left, and the newest global metrics. */
export function progressAttributes({ rounds, ledger }: RunDocument): SearchAttributeUpdatePair[] {
  const newest = rounds.at(-1)?.metrics;
  return [
    { key: ROUND, value: rounds.length },
    { key: ACTIVE_CLIENTS, value: activeClients(ledger).length },
    ...(newest
      ? [
          { key: FID, value: newest.fid },
          { key: PRECISION, value: newest.precision },
        ]
      : []),
  ];
}
