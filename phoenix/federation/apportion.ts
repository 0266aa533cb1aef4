/** How many samples each client's own model contributes to the union that stands for the federation. */

export interface Share {
  readonly client: number;
  readonly samples: number;
}

/**
 * Divides `samples` among clients in proportion to their numbers of examples, by largest remainder (ties: the
 * lowest id). The shares, by ascending id, add up to `samples`; their order in `clients` does not matter.
 *
 * @throws RangeError when no client has an example.
 */
export function apportion(
  samples: number,
  clients: readonly { readonly client: number; readonly examples: number }[],
): Share[] {
  const examples = clients.reduce((sum, client) => sum + client.examples, 0);
  if (examples <= 0) throw new RangeError('samples are shared out by examples, and no client has one');

  // Whole numbers throughout: quotient and remainder of samples·examples are exact.
  const quotas = clients.map((own) => ({
    client: own.client,
    samples: Math.floor((samples * own.examples) / examples),
    remainder: (samples * own.examples) % examples,
  }));
  const left = samples - quotas.reduce((sum, quota) => sum + quota.samples, 0);
  const favoured = new Set(
    quotas
      .toSorted((a, b) => b.remainder - a.remainder || a.client - b.client)
      .slice(0, left)
      .map(({ client }) => client),
  );
  return quotas
    .map((quota) => ({ client: quota.client, samples: quota.samples + (favoured.has(quota.client) ? 1 : 0) }))
    .toSorted((a, b) => a.client - b.client);
}
