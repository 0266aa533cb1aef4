/** `phoenix data`: who would have which images, before anything is started. */
import { cifar10Folder } from '../phoenix/config/environment.ts';
import { loadExperiment } from '../phoenix/config/load.ts';
import { loadCifar10Labels } from '../phoenix/data/cifar10.ts';
import { labelsOf, shapeOf } from '../phoenix/data/data-set.ts';
import { divideImages } from '../phoenix/data/division.ts';
import { divisionBars, divisionOf, divisionTable, divisionWords } from '../phoenix/report/division.ts';
import { printJson } from './json.ts';

export interface DataOptions {
  readonly set?: readonly string[];
  readonly json?: true;
}

/** @throws SettingsError, DataFileMissing, DataFileCorrupt */
export function data(file: string, options: DataOptions): void {
  const { seed, data: settings } = loadExperiment(file, options.set).experiment;
  const { source } = settings;
  const labels = source === 'cifar10' ? loadCifar10Labels(cifar10Folder()) : labelsOf(source.train);
  const { classes } = shapeOf(source);
  const division = divisionOf(labels, classes, divideImages(labels, settings, seed));
  if (options.json) return printJson(division);
  for (const part of [divisionWords(division), divisionTable(division), divisionBars(division)]) {
    console.log(`${part}\n`);
  }
}
