/** JavaScript's garbage collector, called by hand: it does not feel how much memory lies behind a typed array. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Takes some 10 ms. For moments after hundreds of megabytes have gone into a graph and are held here for nothing. */
export const collectGarbage = runInNewContext('gc') as () => void;
