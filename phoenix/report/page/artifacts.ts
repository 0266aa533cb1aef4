/** What a run left in the store beside the weights of its lineage, by which its numbers can be checked. */
import type { FullRun } from '../../federation/records.ts';
import { artifactsOf } from '../artifacts.ts';
import { whole } from '../format.ts';
import { lineageOf } from '../lineage.ts';
import type { Html } from './html.ts';
import { dataTable, hash, number } from './table.ts';

export function artifactsTable(run: FullRun): Html {
  const shown = new Set(lineageOf(run).flatMap(({ gives, personal }) => [gives?.hash, personal?.hash]));
  return dataTable(
    'Other objects in the store',
    ['Object', 'SHA-256', number('Bytes')],
    artifactsOf(run)
      .filter(({ ref }) => !shown.has(ref.hash))
      .map(({ name, ref }) => [name, hash(ref.hash), number(whole(ref.bytes))]),
  );
}
