type Environment = Record<string, string | undefined>;

/** Names of the parts of set-up. */
export function everything(environment?: Environment): string[];
/** Those of `npm test`. */
export function testNeeds(): string[];
export function benchNeeds(request: { readonly name: string; readonly peer: boolean }): string[];
export function needsOf(args: readonly string[], environment?: Environment): string[];
