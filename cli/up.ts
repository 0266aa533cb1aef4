/** `phoenix up`: the local stack in the background. */
import { stackHealth, startInBackground } from '../infra/stack/background.ts';
import { resolveConnection } from '../infra/stack/connection.ts';
import { printJson } from './json.ts';

export async function up(options: { json?: true }): Promise<void> {
  const isNew = await startInBackground((line) => console.error(line));
  const { temporal, namespace, ui, storage } = resolveConnection();
  if (options.json) {
    const s3 = { endpoint: storage.endpoint ?? null, bucket: storage.bucket };
    printJson({ ...stackHealth(), temporal: { address: temporal.address, namespace, ui }, s3 });
    return;
  }
  console.log(
    isNew ? 'The local stack runs; `npx phoenix down` stops it.' : 'The local stack was running already.',
  );
  console.log(`Temporal       ${temporal.address}, namespace ${namespace}`);
  if (ui) console.log(`Temporal UI    ${ui}`);
  console.log(`S3             ${storage.endpoint ?? 'AWS'}, bucket ${storage.bucket}`);
}
