/** What can go wrong in set-up, as one message a person can act on; shown without a stack trace. */

/** Something could not be got or built. */
export class SetUpError extends Error {
  name = 'SetUpError';
  exitCode = 1;
}

/** The machine lacks what set-up itself needs: said before anything is downloaded. */
export class MissingRequirement extends SetUpError {
  name = 'MissingRequirement';
  exitCode = 2;
}
