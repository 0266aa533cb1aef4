import { averaging } from './fedavg.ts';
import { updateNorms } from './measures.ts';
import type { StrategyFor } from './strategy.ts';

export interface QFedAvgSettings {
  readonly kind: 'qfedavg';
  /** How much more a client with a large loss counts; 0: all count alike. */
  readonly q: number;
  /** L: how fast the gradient of the loss changes; 1 / learning rate of gradient descent is the usual estimate. */
  readonly lipschitz: number;
}

/** Keeps powers of a loss finite. */
const EPSILON = 1e-10;

/**
 * Fair averaging: clients with a larger loss F count more, as `F^q`; numbers of images do not.
 *
 * Choose it where the worst-off client matters more than the average one.
 *
 * Li et al., "Fair Resource Allocation in Federated Learning", ICLR 2020 (q-FFL). F is the mean loss of a client's first
 * tenth of steps: that of the global model on its images, before training has changed much. The paper's step
 * `x − ΣΔ/Σh`, with `Δ = F^q·L·(x − x_k)` and `h = q·F^(q−1)·|L·(x − x_k)|² + L·F^q`, is written as what it is: a mean of
 * the clients' models, with weights `F^q`, and of x, with weight `Σ q·F^(q−1)·L·|x − x_k|²`.
 */
export const qfedavg: StrategyFor<QFedAvgSettings> = ({ q, lipschitz }) => ({
  ...averaging,
  needs: ['global', 'loss'],
  measure: updateNorms,
  /** @throws RangeError when a loss is negative */
  weigh(updates, norms) {
    const losses = updates.map(({ loss }) => {
      if (!(loss! >= 0)) throw new RangeError(`q-FedAvg weighs by losses, which ${loss} is not`);
      return loss! + EPSILON;
    });
    return {
      global: losses.reduce((sum, loss, k) => sum + q * loss ** (q - 1) * lipschitz * norms[k]!, 0),
      clients: losses.map((loss) => loss ** q),
    };
  },
});
