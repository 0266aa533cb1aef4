/** A folder that cannot be read as a diffusers model, or not be written to. The message is one line. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
  /** The file or folder, and what is wrong with it. */
  readonly what: string;
  readonly supported: string;

  constructor(path: string, what: string, supported: string) {
    super(`${path}: ${what}; supported: ${supported}`);
    this.what = `${path}: ${what}`;
    this.supported = supported;
  }
}
