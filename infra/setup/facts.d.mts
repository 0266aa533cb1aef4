export interface Fact {
  readonly name: string;
  /** 'wrong': something is there, but it is not what set-up would install. */
  readonly state: 'ok' | 'missing' | 'wrong';
  readonly detail: string;
  /** How to get it, or to put it right. */
  readonly remedy: string;
}

/** What is installed and what is missing; changes nothing. */
export declare function facts(): Promise<Fact[]>;
