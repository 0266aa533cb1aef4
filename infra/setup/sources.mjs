/** A thing and the places it can come from, tried in order. */
import { SetUpError } from './errors.mjs';

/**
 * The result of the first source that has it.
 *
 * @param sources `{name, take}[]`; `take` throws when this source cannot give it
 * @param byHand how to provide the thing oneself, as one sentence
 * @throws SetUpError naming every source tried
 */
export async function fromFirst(what, sources, byHand) {
  const tried = [];
  for (const { name, take } of sources) {
    try {
      return await take();
    } catch (error) {
      tried.push(`  - ${name}: ${error.message}`);
    }
  }
  throw new SetUpError(
    [`could not get ${what}; tried`, ...tried, `  To provide it by hand: ${byHand}`].join('\n'),
  );
}
