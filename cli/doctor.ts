/** `phoenix doctor`: what is installed, which device is used, what is missing and how to get it. */
import { facts } from '../infra/setup/facts.mjs';
import { printJson } from './json.ts';

export async function doctor(options: { json?: true }): Promise<void> {
  const found = await facts();
  if (options.json) printJson(found);
  else {
    const width = Math.max(...found.map(({ name }) => name.length));
    for (const { name, state, detail, remedy } of found) {
      console.log(
        `${state.padEnd(7)}  ${name.padEnd(width)}  ${detail}${state === 'ok' ? '' : `; ${remedy}`}`,
      );
    }
  }
  if (found.some(({ state }) => state !== 'ok')) process.exitCode = 1;
}
