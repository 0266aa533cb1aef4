export interface PartState {
  /** 'wrong': there, and not what was installed. */
  readonly state: 'ok' | 'missing' | 'wrong';
  readonly detail: string;
}

export function cacheFolder(environment?: Record<string, string | undefined>): string;
export function entryFolder(name: string): string;
/** Where the download of this name goes. */
export function downloadFile(name: string): string;
export function entryState(name: string): PartState;

/** Makes an entry with `build`, unless it is there; resolves to its folder. */
export function install(name: string, build: (folder: string) => void | Promise<void>): Promise<string>;

/** A file or folder, if it is there. */
export function remove(path: string): void;
