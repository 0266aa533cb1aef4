/** Entry of the workflow bundle: workflow types by their names. */
export { experiment } from './experiment.ts';
export { round } from './round.ts';
export { sweep } from './sweep.ts';
