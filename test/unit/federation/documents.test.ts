/** What a run takes along, at the largest size that it is meant for: 500 rounds of 50 clients. */
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { continued, forked, repeated } from '../../../phoenix/federation/continuation.ts';
import type { FullRun } from '../../../phoenix/federation/records.ts';
import { summaryOf } from '../../../phoenix/federation/summary.ts';
import { emptyLedger } from '../../../phoenix/federation/strikes.ts';
import { trainRequest } from '../../../workflows/requests.ts';
import { ref, run } from '../report/example-run.ts';

/** Of the server, in bytes, for one message. */
const LIMIT = 2_000_000;
const size = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

const template = run.rounds[2]!;

function largeRun(rounds: number, count: number): FullRun {
  const clients = Array.from({ length: count }, (_, id) => id);
  const step = { label: 'round 500 · client 49 · generate, 10,000 samples', ...trace('a step') };
  const record = {
    ...template,
    clients: clients.map((client) => ({ ...template.clients[0]!, client })),
    poor: clients,
    samples: clients.map((client) => ref(`samples ${client}`)),
    ledger: emptyLedger(count),
    steps: Array.from({ length: 4 * count }, () => step),
  };
  const full = {
    ...record,
    ...summaryOf(record, ref('record')),
    history: { workflow: 'large-0123456789/round-500', ref: ref('history') },
  };
  return {
    ...run,
    clients: clients.map((id) => ({ ...run.clients[0]!, id })),
    ledger: emptyLedger(count),
    rounds: Array.from({ length: rounds }, (_, i) => ({ ...full, round: i + 1 })),
  };
}

function trace(name: string) {
  return { key: ref(name).hash, reused: false, resumedFrom: 1000, mixed: false };
}

describe('500 rounds of 50 clients', () => {
  const large = largeRun(500, 50);

  it('fit into one message, with all that goes from one execution to the next', () => {
    expect(size(continued(large))).toBeLessThan(LIMIT / 2);
  });

  it('have records that fit each for itself', () => {
    expect(size(large.rounds[0])).toBeLessThan(LIMIT / 10);
  });
});

describe('1,000 clients', () => {
  const [round] = largeRun(1, 1000).rounds;

  it('have records that fit into one message, each with own samples, metrics and block', () => {
    expect(size(round)).toBeLessThan(0.8 * LIMIT);
  });

  it('can all be scheduled at once', () => {
    const { experiment } = loadExperiment('experiments/tiny.yaml');
    const incoming = { base: ref('base'), personal: ref('block') };
    const task = { partition: ref('partition'), client: 999, round: 500, incoming };
    // Twice, since labels, timeouts and queues come with each of them.
    expect(2 * 1000 * size(trainRequest(experiment, task))).toBeLessThan(LIMIT);
  });
});

describe('going on', () => {
  const failed: FullRun = {
    ...run,
    state: 'failed',
    failure: { type: 'CorruptObject', message: 'the object is corrupt' },
    final: null,
  };

  it('begins with the newest average, and the newest block of every client', () => {
    const { document, models } = continued(failed);
    expect(models).toEqual({
      base: ref('aggregated 3'),
      serverState: { m: ref('momentum 3') },
      ema: null,
      personal: [0, 1, 2, 3].map((client) => ref(`personal 3 ${client}`)),
      samples: [ref('samples 3')],
    });
    expect(document).toMatchObject({ state: 'running', failure: null, finishedAt: null, phase: 'round 4' });
    expect(document.rounds[0]).not.toHaveProperty('clients');
  });

  it('from the beginning knows nothing, and is steered in the same way', () => {
    const act = { act: { kind: 'disconnect', client: 1 }, at: '', during: 0, effect: '' } as const;
    const { document, models } = repeated({ ...failed, steering: [act], steered: true });
    expect(models).toBeNull();
    expect(document).toMatchObject({ rounds: [], initial: null, steered: true, steering: [act] });
    expect(document.ledger.clients[1]!.removal).toEqual({ afterRound: 0, by: 'hand' });
  });

  it('as a fork has the ledger of its round, and what was done by hand until then', () => {
    const later = { act: { kind: 'disconnect', client: 1 }, at: '', during: 2, effect: '' } as const;
    const fork = { run: 'fork', round: 1, settings: {}, settingsHash: '', startedAt: '' };
    const { document, models } = forked({ ...run, steering: [later], steered: true }, fork);
    expect(document).toMatchObject({
      forkedFrom: { run: run.run, round: 1 },
      ledger: run.rounds[0]!.ledger,
      steering: [],
      steered: false,
    });
    expect(models).toMatchObject({ base: ref('aggregated 1'), serverState: { m: ref('momentum 1') } });
  });
});
