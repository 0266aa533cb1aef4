/** What set-up says: on standard error, one plain line per thing done, with a bar under it on a terminal. */

const WIDTH = 30;

export const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Runs `work(advance)` and shows how far it is; `advance(done, total)` in any unit, total null where unknown.
 * Without a terminal there is a line at the start and one at the end.
 */
export async function during(label, work) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const terminal = process.stderr.isTTY === true;
  let fraction = null;
  const draw = () => process.stderr.write(`\r\x1b[K${label} ${bar(fraction)} ${seconds()} s`);
  const timer = terminal ? setInterval(draw, 200) : null;
  if (!terminal) say(`${label} …`);
  const end = (outcome) => {
    clearInterval(timer);
    if (terminal) process.stderr.write(`\r\x1b[K${label}: ${outcome}\n`);
    else if (seconds() >= 5) say(`${label}: ${outcome}`);
  };
  try {
    const result = await work((done, total) => {
      fraction = total === null ? null : Math.min(done / total, 1);
    });
    end(`${seconds()} s`);
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

function bar(fraction) {
  if (fraction === null) return '…';
  const full = Math.round(fraction * WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(fraction * 100)} %`;
}
