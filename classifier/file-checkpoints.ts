/** Checkpoints of a training that has no store: one file, replaced as a whole. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeSafetensors, encodeSafetensors, type Tensors } from '../phoenix/storage/safetensors.ts';
import type { Checkpoint, Checkpoints } from '../phoenix/storage/steps.ts';

export class FileCheckpoints implements Checkpoints {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws BadSafetensors */
  async load(): Promise<Checkpoint | null> {
    if (!existsSync(this.#file)) return null;
    const { tensors, metadata } = decodeSafetensors(readFileSync(this.#file));
    return { done: Number(metadata.done), tensors, extra: JSON.parse(metadata.extra!) };
  }

  async save(done: number, tensors: Tensors, extra: unknown): Promise<void> {
    mkdirSync(dirname(this.#file), { recursive: true });
    const metadata = { done: String(done), extra: JSON.stringify(extra) };
    writeFileSync(`${this.#file}.new`, encodeSafetensors(tensors, metadata));
    renameSync(`${this.#file}.new`, this.#file);
  }

  clear(): void {
    rmSync(this.#file, { force: true });
  }
}
