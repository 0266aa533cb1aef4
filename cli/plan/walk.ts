/** A whole run, rehearsed: the parts of the workflow, one after the other. */
import type { Experiment } from '../../phoenix/config/schema.ts';
import type { ModelRef, Ref, RoundRecord, ServerState } from '../../phoenix/federation/records.ts';
import { activeClients, emptyLedger, type Ledger, withReturns } from '../../phoenix/federation/strikes.ts';
import { canonicalJson, sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import { type RoundInput, roundRecord } from '../../workflows/round.ts';
import { findYardstick, initialModel, untrainedMetrics } from '../../workflows/set-up.ts';
import { warmUp } from '../../workflows/warm-up.ts';
import { Rehearsal, type Rehearsals } from './rehearsal.ts';

/**
 * Whom a rule removes is known when the metrics are. Until then nobody is, and runs with different rules share all their rounds
 * (`shared`), or each goes a way of its own from the first round on that could be without somebody (`apart`).
 */
export type Removals = 'shared' | 'apart';

/** @returns the keys of the run's steps */
export async function rehearse(
  all: Rehearsals,
  experiment: Experiment,
  removals: Removals,
): Promise<ReadonlySet<string>> {
  const steps = new Rehearsal(all);
  const { seed, data, federation, filtering } = experiment;
  const { partition, clients, sharedImages } = await steps.cpu('prepare', 'division', { seed, data });
  const { yardstick } = await findYardstick(steps, experiment);
  let model: ModelRef = await initialModel(steps, experiment);
  await untrainedMetrics(steps, experiment, yardstick, model);
  if (data.sharing) {
    const images = { partition, images: sharedImages };
    ({ model } = await warmUp(steps, { experiment, ...images, yardstick, incoming: model }));
  }

  let [base, ema, serverState]: [Ref, Ref | null, ServerState] = [model.base, null, {}];
  const personal = clients.map(() => model.personal);
  let ledger: Ledger = emptyLedger(data.clients);
  let samples: readonly Ref[] = [];
  for (let round = 1; round <= federation.rounds; round++) {
    const input: RoundInput = {
      experiment,
      round,
      partition,
      yardstick,
      base,
      serverState,
      ema,
      ledger,
      isLast: round === federation.rounds,
      clients: activeClients(ledger).map((client) => ({
        client,
        images: clients[client]!.ownImages + clients[client]!.sharedImages,
        personal: personal[client]!,
      })),
    };
    const { record, isJudged } = await judged(steps, input);
    ({ aggregated: base, ema, serverState, samples } = record);
    for (const own of record.clients) personal[own.client] = own.training.model.personal;
    ledger = isJudged ? record.ledger : withReturns(ledger, round + 1);
    if (
      filtering &&
      !isJudged &&
      removals === 'apart' &&
      round >= filtering.startRound + filtering.strikes - 1
    )
      base = { ...base, hash: `${base.hash} by ${sha256Hex(canonicalJson(filtering))}` };
  }
  await steps.cpu('grid', 'sample grid', { imageSize: data.imageSize, samples });
  return steps.keys;
}

/** The round with its verdict, where the metrics of all of its clients are known; otherwise nobody is removed. */
async function judged(
  steps: Rehearsal,
  input: RoundInput,
): Promise<{ record: RoundRecord; isJudged: boolean }> {
  const { filtering } = input.experiment;
  const lenient = {
    ...input,
    experiment: { ...input.experiment, filtering: filtering && { ...filtering, strikes: Infinity } },
  };
  const trial = steps.part();
  const record = await roundRecord(lenient, trial);
  const isJudged = record.clients.every(({ metrics }) => metrics === null || Number.isFinite(metrics.fid));
  const strict = isJudged && filtering ? steps.part() : trial;
  const final = strict === trial ? record : await roundRecord(input, strict);
  steps.add(strict);
  return { record: final, isJudged };
}
