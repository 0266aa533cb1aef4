import type { Objects } from '../../phoenix/storage/object-store.ts';

const nothing = async (): Promise<null> => null;

/** A store that has nothing and takes nothing, where there is no other one to ask. */
export const emptyStore: Objects = {
  get: nothing,
  read: nothing,
  open: nothing,
  size: nothing,
  put: nothing,
  delete: async () => {},
  async *list() {},
};
