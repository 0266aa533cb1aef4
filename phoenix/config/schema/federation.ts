/** Rounds, strategies, personal layers, privacy, and who takes part. */
import { z } from 'zod';
import { choice, integer, list, number, positive } from './values.ts';

/** Of the server's step: η. */
const serverLearningRate = (rate: number) => positive(100).default(rate);

/** Of a server that keeps moments: β₁, β₂ and τ. */
const tau = positive(1).default(1e-3);
const moments = { beta1: number(0, 0.9999).default(0.9), beta2: number(0, 0.9999).default(0.99), tau };

/** Clients that may send anything at all: f. */
const malicious = integer(0, 1000).default(0);

/** How clients' models become the next global one: `phoenix/federation/strategies` says when to choose which. */
const strategy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: choice('fedavg') }),
  z.strictObject({ kind: choice('fedsgd') }),
  /** μ of the proximal term in the clients' loss. */
  z.strictObject({ kind: choice('fedprox'), mu: positive(1000).default(0.01) }),
  z.strictObject({
    kind: choice('fedavgm'),
    serverLearningRate: serverLearningRate(1),
    momentum: number(0, 0.9999).default(0.9),
  }),
  z.strictObject({ kind: choice('fedadam'), serverLearningRate: serverLearningRate(0.1), ...moments }),
  z.strictObject({ kind: choice('fedyogi'), serverLearningRate: serverLearningRate(0.01), ...moments }),
  z.strictObject({ kind: choice('fedadagrad'), serverLearningRate: serverLearningRate(0.1), tau }),
  z.strictObject({
    kind: choice('qfedavg'),
    q: number(0, 10).default(0.2),
    /** L: 1 / learning rate of gradient descent is the usual estimate. */
    lipschitz: positive(1_000_000).default(10),
  }),
  z.strictObject({ kind: choice('median') }),
  /** β: share of the clients that is left out at either end. */
  z.strictObject({ kind: choice('trimmedMean'), share: positive(0.49).default(0.2) }),
  z.strictObject({ kind: choice('krum'), malicious }),
  /** `select`: m, the number of models that are averaged. */
  z.strictObject({ kind: choice('multiKrum'), malicious, select: integer(1, 1000) }),
]);

/** What stays with its client and is never averaged (paper §3.2.2). A list names parameters; `*` is anything. */
const personalization = z
  .union([choice('none', 'lastDecoderBlock'), list(z.string().min(1), 1, 100, 'parameter names')])
  .meta({ allowed: 'none, lastDecoderBlock, a list of parameter names such as up_blocks.1.*' });

/** Differential privacy of clients: `docs/privacy.md` says what it protects. */
const privacy = z.strictObject({
  /** C: l2 norm over all tensors to which a longer update of a client is scaled down. */
  clip: positive(1_000_000),
  /** z: standard deviation of the noise, as a multiple of what one client can change of the average; 0: no noise. */
  noiseMultiplier: number(0, 1_000_000),
  /** δ: probability with which ε need not hold. */
  delta: z.number().gt(0).lt(1).meta({ allowed: 'above 0, below 1' }).default(1e-5),
});

/** Who trains in a round, and how long the round waits for them. */
const participation = z.strictObject({
  /** Share of the active clients that is drawn for each round, rounded down. */
  fraction: positive(1).default(1),
  /** At least so many of them. */
  minimum: integer(1, 1000).default(1),
  /** Seconds that a client has for its training, from when a worker takes it; null: as long as it takes. */
  deadline: positive(1_000_000).nullable().default(null),
  /** Results a round needs: where fewer clients make the deadline, those that are furthest go on without one. */
  minimumResults: integer(1, 1000).default(1),
});

export const federation = z.strictObject({
  rounds: integer(1, 1000).default(10),
  strategy: strategy.prefault({ kind: 'fedavg' }),
  personalization: personalization.default('none'),
  privacy: privacy.nullable().default(null),
  participation: participation.prefault({}),
  /** Moving average of the global weights over the rounds, for metrics, samples and export; null: none is kept. */
  ema: z
    .strictObject({ decay: number(0, 1).default(0.9) })
    .nullable()
    .default(null),
});
