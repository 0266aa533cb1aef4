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

/** What the settings say: how the data is divided ("iid", "2-class") and shared (percent). */
export function settingAttributes({ data }: Experiment): SearchAttributeUpdatePair[] {
  const { partition, sharing } = data;
  const mode = partition.kind === 'iid' ? 'iid' : `${partition.classesPerClient}-class`;
  return [
    { key: MODE, value: mode },
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
