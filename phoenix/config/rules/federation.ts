/** Rules of the federation: who takes part, what is averaged, and who is removed. */
import { namesMatching } from '../../federation/personal.ts';
import { averagesClients } from '../../federation/privacy/clipped.ts';
import { cohortSize } from '../../federation/selection.ts';
import { strategyOf } from '../../federation/strategies/index.ts';
import { unetParameters } from '../../models/unet-parameters.ts';
import type { Problem } from '../explain.ts';
import type { Experiment } from '../schema.ts';
import { problem, upTo } from './problem.ts';

/** Most clients whose models are looked at side by side. */
const mostAtOnce = 100;

export function* strategy(experiment: Experiment): Generator<Problem> {
  const { strategy } = experiment.federation;
  const { kind } = strategy;
  if (kind !== 'median' && kind !== 'trimmedMean' && kind !== 'krum' && kind !== 'multiKrum') return;
  const most = cohortSize(experiment.data.clients, experiment.federation.participation);
  if (most > mostAtOnce) {
    const what = `${kind} looks at the models of all clients at once`;
    yield problem('data.clients', what, upTo(mostAtOnce));
  }
  const [fewest, setBy] = fewestModels(experiment, most);
  if (kind === 'trimmedMean' && strategy.share * fewest < 1) {
    const what = `${strategy.share} of ${fewest} clients is nobody`;
    yield problem('federation.strategy.share', what, `at least ${Number((1 / fewest).toPrecision(3))}`);
  }
  if (kind === 'krum' || kind === 'multiKrum') yield* krum(fewest, setBy, strategy);
}

/** With how few models a round may go on, and the setting that lets it. */
function fewestModels(
  { data: { clients }, federation: { participation } }: Experiment,
  drawn: number,
): [count: number, setBy: string] {
  const { deadline, minimumResults } = participation;
  if (deadline !== null && minimumResults < drawn) {
    return [minimumResults, 'federation.participation.minimumResults'];
  }
  return [drawn, drawn < clients ? 'federation.participation.fraction' : 'data.clients'];
}

function* krum(
  clients: number,
  setBy: string,
  strategy: { readonly malicious: number; readonly select?: number },
): Generator<Problem> {
  const { malicious, select = 1 } = strategy;
  // What the rule promises rests on 2f + 2 < n.
  if (clients < 3) {
    const what = `${clients} ${clients === 1 ? 'client has' : 'clients have'} too few neighbours for Krum`;
    yield problem(setBy, what, setBy.endsWith('fraction') ? 'at least 3 clients in a round' : 'at least 3');
  } else if (2 * malicious + 2 >= clients) {
    const what = `${malicious} of ${clients} clients`;
    yield problem('federation.strategy.malicious', what, `0 to ${Math.floor((clients - 3) / 2)}`);
  } else if (select > clients - malicious) {
    const what = `${select} is more than the ${clients - malicious} clients that are not malicious`;
    yield problem('federation.strategy.select', what, upTo(clients - malicious));
  }
}

export function* personalization({ model, federation: { personalization } }: Experiment): Generator<Problem> {
  if (typeof personalization === 'string' || model.kind !== 'unet') return;
  const names = [...unetParameters(model).keys()];
  const path = 'federation.personalization';
  const matches = personalization.map((pattern) => namesMatching(names, pattern));
  const unmatched = matches.findIndex((matching) => matching.length === 0);
  if (unmatched !== -1) {
    const what = `${personalization[unmatched]} is no parameter of the network`;
    yield problem(
      `${path}.${unmatched}`,
      what,
      'names as in diffusers, such as conv_in.weight or up_blocks.1.*',
    );
  }
  if (new Set(matches.flat()).size === names.length) {
    yield problem(path, 'every parameter is personal, and none is left to average', 'fewer of them');
  }
}

export function* privacy({ data, model, federation, filtering, evaluation }: Experiment): Generator<Problem> {
  const { privacy, strategy } = federation;
  if (!privacy) return;
  if (!averagesClients(strategyOf(strategy))) {
    const what = `what one client can change under ${strategy.kind} is not bounded by federation.privacy.clip`;
    yield problem('federation.strategy.kind', what, 'strategies that average all clients, such as fedavg');
  }
  if (privacy.delta >= 1 / data.clients) {
    const what = `${privacy.delta} would allow for one of ${data.clients} clients to be laid open`;
    yield problem(
      'federation.privacy.delta',
      what,
      `above 0, below ${Number((1 / data.clients).toPrecision(3))}`,
    );
  }
  if (filtering && privacy.noiseMultiplier > 0) {
    // Who was removed decides about all later averages.
    const what = 'removes clients by metrics without noise, so that no ε would hold';
    yield problem('filtering', what, 'null where federation.privacy has noise');
  }
  if (model.kind === 'dcgan' && privacy.noiseMultiplier > 0) {
    const what = 'noise may make the variances of a DCGAN negative';
    yield problem('federation.privacy.noiseMultiplier', what, '0, or model.kind unet');
  }
  if (evaluation.personal === 'averaged') {
    const what = 'averaged personal layers leave the clients unprotected';
    yield problem('evaluation.personal', what, 'own where there is federation.privacy');
  }
}

export function* participation({ data, federation }: Experiment): Generator<Problem> {
  for (const key of ['minimum', 'minimumResults'] as const) {
    const wanted = federation.participation[key];
    if (wanted <= data.clients) continue;
    const what = `${wanted} is more than data.clients`;
    yield problem(`federation.participation.${key}`, what, upTo(data.clients));
  }
}

export function* filtering({ data, federation, filtering }: Experiment): Generator<Problem> {
  if (!filtering) return;
  if (filtering.startRound > federation.rounds) {
    const what = `${filtering.startRound} is after the last round`;
    yield problem('filtering.startRound', what, upTo(federation.rounds));
  }
  if (filtering.minimumClients > data.clients) {
    const what = `${filtering.minimumClients} is more than data.clients`;
    yield problem('filtering.minimumClients', what, upTo(data.clients));
  }
  if (filtering.removal === 'permanent' && filtering.skipRounds !== null) {
    const what = `${filtering.skipRounds} rounds of a removal for good`;
    yield problem('filtering.skipRounds', what, 'null, or filtering.removal: temporary');
  }
}

export function* evaluation({ federation, evaluation }: Experiment): Generator<Problem> {
  if (evaluation.personal === 'averaged' && federation.personalization === 'none') {
    yield problem('evaluation.personal', 'averaged needs personal layers, and there are none', 'own');
  }
}
