/** The steps that need no device, by the name of their activity. */
import { aggregate } from './aggregate.ts';
import { grid } from './grid.ts';
import { initialise } from './initialise.ts';
import { movingAverage } from './moving-average.ts';
import { prepare } from './prepare.ts';

export const cpuSteps = { prepare, initialise, aggregate, movingAverage, grid };
