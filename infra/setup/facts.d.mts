export interface Fact {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'wrong';
  /** Where it is, or what is wrong with it. */
  readonly detail: string;
  readonly remedy: string;
}

/** What is installed and what is missing; installs nothing. */
export function facts(): Promise<Fact[]>;
