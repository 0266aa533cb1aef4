/** A finished run as `phoenix metrics` sees it: its final samples, its data, and the networks that it has measured them through. */
import type { FeatureNetworks } from '../activities/steps/settings.ts';
import { NoStack } from '../infra/stack/connection.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import { shapeOf } from '../phoenix/data/data-set.ts';
import { imageSetsOf } from '../phoenix/data/folder-images.ts';
import { loadSamples } from '../phoenix/data/samples.ts';
import type { ClientRecord, Ref } from '../phoenix/federation/records.ts';
import type { Blobs } from '../phoenix/storage/blobs.ts';
import { featureNetworks } from '../workflows/requests.ts';
import { withWhatThereIs } from './access.ts';
import { BadInput } from './errors.ts';
import type { MetricsEngine } from './metrics-engine.ts';
import { cifar10, imagesInMemory, type Images } from './metrics-images.ts';
import { runNamed } from './names.ts';
import { runDocument } from './runs.ts';

export interface MeasuredRun {
  readonly run: string;
  readonly samples: Images;
  /** What it has trained on and was measured against. */
  readonly data: Images;
  /** Their weights are in the engine's store. */
  readonly networks: FeatureNetworks;
  readonly classes: readonly string[];
  readonly settings: Pick<Experiment, 'seed' | 'evaluation'>;
  readonly clients: readonly ClientRecord[];
}

/**
 * @param wanted as `runNamed` takes it
 * @throws BadInput when there is no such run, or it has no final samples; StoreUnreachable
 */
export async function measuredRun(engine: MetricsEngine, wanted: string): Promise<MeasuredRun> {
  try {
    return await withWhatThereIs(async (access) => {
      const { client, runs, blobs } = access;
      const summary = await runNamed(wanted, access);
      const document = await runDocument(summary, client, runs);
      if (!document?.final || !blobs)
        throw new BadInput(`${summary.run} (${summary.state}) has no final samples to measure`);
      const { run, settings, final, clients, classifier } = document;
      const copy = (ref: Ref) => copied(ref, blobs, engine.blobs);
      const networks = featureNetworks(settings, document.yardstick!.extractor);
      await copy(networks.extractor.weights);
      if (networks.labeller) await copy(networks.labeller.weights);
      const { source, imageSize } = settings.data;
      const samples = await loadSamples(blobs, final.samples, imageSize);
      const none = { images: new Uint8Array(0), labels: new Uint8Array(0), count: 0, size: imageSize };
      return {
        run,
        samples: imagesInMemory(
          engine,
          run,
          { train: none, test: { ...samples, labels: new Uint8Array(samples.count), size: imageSize } },
          null,
        ),
        data:
          source === 'cifar10'
            ? cifar10
            : imagesInMemory(
                engine,
                `the test images of ${run}`,
                imageSetsOf(await blobs.getTensors(source.images!)),
                source.classes,
              ),
        networks,
        classes: classifier ? shapeOf(source).classes : cifar10.classes!,
        settings,
        clients,
      };
    });
  } catch (error) {
    if (!(error instanceof BadInput || error instanceof NoStack)) throw error;
    throw new BadInput(`${wanted} is no folder; and as a run: ${error.message}`);
  }
}

async function copied(ref: Ref, from: Blobs, to: Blobs): Promise<void> {
  await to.put(await from.get(ref));
}
