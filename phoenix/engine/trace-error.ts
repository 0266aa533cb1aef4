/** The code being traced did something that a graph cannot repeat. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}
