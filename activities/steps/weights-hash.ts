import type { FinalRecord } from '../../phoenix/federation/records.ts';
import { canonicalJson, sha256Hex } from '../../phoenix/storage/canonical-json.ts';

/** The one hash that names all weights which a run has trained: SHA-256 (hex) over canonical JSON. */
export function weightsHash({ global, personal }: Pick<FinalRecord, 'global' | 'personal'>): string {
  return sha256Hex(canonicalJson({ global, personal }));
}
