/**
 * `data.source.folder`: images on the machine of whoever starts the run. The workers may be elsewhere: so the folder is read
 * before anything starts, its images go to the store, and from then on the experiment knows them by their hash alone.
 */
import { dirname, resolve } from 'node:path';
import { listFolder, UnusableImages, type ListedFolder } from '../data/folder.ts';
import { SettingsError } from './settings-error.ts';
import { blockOf, type SettingsFile } from './settings-file.ts';

/** What is in the folder, which stands relative to `file`; null without one. Throws `SettingsError` when it cannot be used. */
export function findImageFolder(settings: SettingsFile, file: string): ListedFolder | null {
  const folder = blockOf(blockOf(blockOf(settings.value)['data'])['source'])['folder'];
  // The schema says what is wrong with anything but a text.
  if (typeof folder !== 'string') return null;
  try {
    return listFolder(resolve(dirname(file), folder));
  } catch (error) {
    if (!(error instanceof UnusableImages)) throw error;
    const path = ['data', 'source', 'folder'];
    throw new SettingsError(settings.locate(path, 'value'), path, error.what, error.supported);
  }
}
