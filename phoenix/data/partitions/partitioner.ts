/** What every kind of partition is. */

export interface Division {
  /** Of the whole training set. */
  readonly labels: Uint8Array;
  /** The images to divide, as indices into `labels`. */
  readonly pool: Int32Array;
  readonly clients: number;
  readonly seed: number;
}

export interface Partitioner<Settings> {
  /** Disjoint parts of the pool, one per client, each in any order. A pure function of its arguments. */
  divide(division: Division, settings: Settings): Int32Array[];
  /** Among how many clients at most images of these numbers per class can be divided so that nobody is left empty. */
  mostClients(classSizes: readonly number[], settings: Settings): number;
  /** Standard deviation of the noise on a client's images, as a fraction of white; without it there is none. */
  noise?(client: number, clients: number, settings: Settings): number;
}
