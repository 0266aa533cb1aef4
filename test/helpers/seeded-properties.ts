/** Property tests draw the same cases in every run: a failure is a change of the code, and can be repeated. */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: 20_231_207 });
