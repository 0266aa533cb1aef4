/** What is installed and what is missing, without changing anything: for `phoenix doctor`. */
import { device } from './device.mjs';
import { requirements } from './requirements.mjs';
import { parts, requiredBy } from './setup.mjs';

export async function facts() {
  const { peers: _, browser: __, ...needed } = parts; // only ever measured against, and tested with
  const partFacts = Object.values(needed).map((part) => ({
    name: part.name,
    ...part.state(),
    remedy: '`npm start` installs it',
  }));
  const missing = Object.values(needed).filter((part) => part.state().state !== 'ok');
  const required = new Set(['node', ...(await requiredBy(missing))]);
  const requirementFacts = Object.entries(requirements).map(([key, { name, find, remedy }]) => {
    const { found, detail } = find();
    if (found) return { name, state: 'ok', detail, remedy };
    return required.has(key)
      ? { name, state: 'missing', detail, remedy }
      : { name, state: 'ok', detail: `${detail}, and nothing needs it now`, remedy };
  });
  const deviceFact = {
    name: 'device',
    state: 'ok',
    detail: process.env.PHOENIX_DEVICE ? `${device()} (PHOENIX_DEVICE)` : `${device()} (detected)`,
    remedy: 'PHOENIX_DEVICE=cpu or gpu chooses',
  };
  return [...requirementFacts, deviceFact, ...partFacts];
}
