/** Every rule of filtering, by its name in the settings. */
import { average } from './average.ts';
import { lowest } from './lowest.ts';
import { threshold } from './threshold.ts';

export const poorRules = { lowest, threshold, average };
