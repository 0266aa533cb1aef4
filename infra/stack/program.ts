/** The program behind `npx phoenix`, which starts workers and the supervisor as processes of their own. */
import { join } from 'node:path';
import { root } from '../setup/root.mjs';

export const program = join(root, 'bin', 'phoenix.mjs');
