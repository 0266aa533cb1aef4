/** Models as the store holds them: weights in two safetensors blobs, the averaged part and the personal one. */
import { splitParameters, type PersonalizationRule } from '../../phoenix/federation/personal.ts';
import type { ModelRef } from '../../phoenix/federation/records.ts';
import type { Blobs } from '../../phoenix/storage/blobs.ts';
import type { Tensors } from '../../phoenix/storage/safetensors.ts';

/** Splits `weights` by `rule` and stores both parts; `personal` is null where nothing is personal. */
export async function storeModel(
  blobs: Blobs,
  weights: Tensors,
  rule: PersonalizationRule,
): Promise<ModelRef> {
  const { base, personal } = splitParameters([...weights.keys()], rule);
  const part = (names: readonly string[]): Tensors =>
    new Map(names.map((name) => [name, weights.get(name)!]));
  return {
    base: await blobs.putTensors(part(base)),
    personal: personal.length === 0 ? null : await blobs.putTensors(part(personal)),
  };
}

/**
 * The whole network's weights, both parts merged.
 *
 * @throws CorruptObject, MissingObject
 */
export async function loadModel(blobs: Blobs, model: ModelRef): Promise<Tensors> {
  const base = await blobs.getTensors(model.base);
  return model.personal === null ? base : new Map([...base, ...(await blobs.getTensors(model.personal))]);
}
