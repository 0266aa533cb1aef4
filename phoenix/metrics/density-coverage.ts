/** Density and coverage (Naeem et al. 2020), which outliers among reals and fakes move less than precision and recall. */
import { bootstrapInterval, shareOf, type Interval, type Share } from './intervals.ts';
import type { Overlap } from './manifolds.ts';

export interface DensityCoverage {
  /** Mean number of reals' balls around a fake, over k. May be above 1. */
  readonly density: { readonly value: number; readonly interval: Interval };
  /** Share of the reals whose ball holds a fake. */
  readonly coverage: Share;
}

/**
 * As the authors' package prdc counts: the border does not belong to the ball (`<`, unlike precision and recall here), and a real is
 * covered when its nearest fake is strictly within its radius. Density's interval is a bootstrap over the fakes, with `seed`, 95 %;
 * both intervals take the reals' balls as they are.
 */
export function densityCoverage({ k, ballsAround, covered }: Overlap, seed: number): DensityCoverage {
  const density = (balls: number) => balls / (k * ballsAround.length);
  const resampled = ([times]: readonly Int32Array[]) =>
    density(ballsAround.reduce((sum, balls, fake) => sum + balls * times![fake]!, 0));
  return {
    density: {
      value: density(ballsAround.reduce((sum, balls) => sum + balls, 0)),
      interval: bootstrapInterval([ballsAround.length], resampled, seed),
    },
    coverage: shareOf(covered),
  };
}
