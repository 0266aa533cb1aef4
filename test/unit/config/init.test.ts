import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { writeFolder } from '../../../phoenix/models/diffusers/folder.ts';
import { initialWeights } from '../../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../../phoenix/models/unet-parameters.ts';
import { refOf } from '../../../phoenix/storage/blobs.ts';
import { decodeSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { smallNetwork } from '../../helpers/steps.ts';

const { model, diffusion } = smallNetwork;
const sampling = { method: 'ddim', steps: 5, spacing: 'leading', eta: 0, clip: true } as const;
const before = process.cwd();
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'phoenix-init-'));
  process.chdir(scratch);
  const write = (folder: string, seed: number, process: typeof diffusion) =>
    writeFolder(folder, {
      model,
      diffusion: process,
      sampling,
      imageSize: 8,
      weights: initialWeights(unetParameters(model), seed),
    });
  write('files/trained', 1, diffusion);
  write('files/other', 2, diffusion);
  write('files/constant', 1, { ...diffusion, schedule: 'constant' });
  cpSync('files/trained', 'files/copy', { recursive: true });
});

afterAll(() => {
  process.chdir(before);
  rmSync(scratch, { recursive: true });
});

/** An experiment file in another folder than the current one. */
function load(yaml: string) {
  writeFileSync(
    'files/x.yaml',
    `name: x\ndata: { imageSize: 8 }\nsampling: { method: ddim, steps: 5 }\n${yaml}`,
  );
  return loadExperiment('files/x.yaml');
}

const message = (yaml: string): string => {
  try {
    load(yaml);
  } catch (error) {
    expect(error).toMatchObject({ name: 'SettingsError' });
    return (error as Error).message.replaceAll(scratch, '');
  }
  throw new Error('there was no error');
};

describe('init', () => {
  it('takes the weights from a folder beside the file, and what the file leaves out of the network', () => {
    const { experiment, initialWeights: bytes } = load('init: { from: trained }');
    expect(experiment.model).toEqual(model);
    expect(experiment.diffusion).toEqual(diffusion);
    expect(experiment.init).toEqual({ weights: refOf(bytes!) });
    expect(decodeSafetensors(bytes!).tensors.get('conv_in.weight')).toEqual(
      initialWeights(unetParameters(model), 1).get('conv_in.weight'),
    );
  });

  it('names a run by the weights, not by where they are', () => {
    const hash = (yaml: string) => load(yaml).settingsHash;
    expect(hash('init: { from: ./copy }')).toBe(hash('init: { from: trained }'));
    expect(hash(`init: { from: ${join(scratch, 'files/copy')} }`)).toBe(hash('init: { from: trained }'));
    expect(hash('init: { from: other }')).not.toBe(hash('init: { from: trained }'));
  });

  it('is nothing unless the file says so', () => {
    expect(load('diffusion: { steps: 10 }')).toMatchObject({
      experiment: { init: null },
      initialWeights: null,
    });
  });

  it('lets the file repeat what the folder says, in other words too', () => {
    const { experiment } = load(
      'model: { channels: [4, 8] }\ninit: { from: trained }\ndiffusion: { steps: 10 }',
    );
    expect(experiment.model).toEqual(model);
    const constant = 'diffusion: { steps: 10, schedule: constant, betaStart: 0.0001, betaEnd: 0.02 }';
    expect(load(`${constant}\ninit: { from: constant }`).experiment.diffusion).toMatchObject({
      schedule: 'constant',
    });
  });

  it.each([
    [
      'another network',
      'init: { from: trained }\nmodel: { channels: [4, 16] }',
      'files/x.yaml:5:20 model.channels: [4,16] contradicts init.from (trained); allowed: [4,8], or nothing',
    ],
    [
      'another T',
      'init: { from: trained }\ndiffusion: { steps: 50 }',
      'files/x.yaml:5:21 diffusion.steps: 50 contradicts init.from (trained); allowed: 10, or nothing',
    ],
    [
      'another schedule',
      'init: { from: trained }\ndiffusion: { schedule: linear }',
      'files/x.yaml:5:24 diffusion.schedule: "linear" contradicts init.from (trained); allowed: "cosine", or nothing',
    ],
    [
      'a folder that is not there',
      'init: { from: none }',
      'files/x.yaml:4:15 init.from: /files/none/config.json: cannot be read (ENOENT); allowed: a folder that diffusers has saved',
    ],
    [
      'a U-Net’s weights for a DCGAN',
      'init: { from: trained }\nmodel: { kind: dcgan }',
      'files/x.yaml:4:7 init: {"from":"trained"} is not allowed; allowed: nothing with model.kind dcgan',
    ],
    ['no folder', 'init: {}', 'files/x.yaml:4:1 init.from: is missing; allowed: a folder'],
    ['a number', 'init: { from: 3 }', 'files/x.yaml:4:15 init.from: 3 is not a text; allowed: a folder'],
    [
      'a model that is no block',
      'model: 3\ninit: { from: trained }',
      'files/x.yaml:4:8 model: 3 is not a block of settings; allowed: kind, channels, layersPerBlock, attention, headChannels, groups, normEpsilon, frequencyShift, cosineFirst, downsamplePadding',
    ],
  ])('refuses %s', (_, yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });
});
