/** Progress for people: bars that move on a terminal, lines that stay everywhere else. */
import { clearScreenDown, moveCursor } from 'node:readline';
import type { WriteStream } from 'node:tty';
import pc from 'picocolors';
import { duration } from '../phoenix/report/format.ts';
import type { EndedStep, OpenStep } from './activity-log.ts';

export interface Display {
  /** News that stays. */
  say(line: string): void;
  ended(step: EndedStep): void;
  /** What goes on at this moment. */
  open(steps: readonly OpenStep[]): void;
  /** Leaves the screen to others. */
  close(): void;
}

/** @param stream standard output, or standard error where the output is data */
export const displayOn = (stream: WriteStream): Display =>
  stream.isTTY ? new TerminalDisplay(stream) : new LineDisplay((line) => stream.write(`${line}\n`));

/** "round 1 · client 0 · train, 6,000 images: 43 % (20 of 47), loss 0.0871". */
export function describeOpen(step: OpenStep): string {
  const progress =
    step.total > 0 ? `: ${Math.floor((100 * step.done) / step.total)} % (${step.done} of ${step.total})` : '';
  const loss = step.loss === null ? '' : `, loss ${step.loss.toPrecision(3)}`;
  return step.isRunning ? `${step.label}${progress}${loss}` : `${step.label}${progress}: waits for a worker`;
}

const describeEnded = ({ label, took, failure }: EndedStep): string =>
  failure === null ? `${label}: ${duration(took)}` : `${label}: failed: ${failure}`;

const describeRetry = ({ label, attempt, lastFailure }: OpenStep): string =>
  `${label}: attempt ${attempt}, since: ${lastFailure}`;

/** Tells each failed attempt once. */
class Retries {
  readonly #told = new Set<string>();

  news(steps: readonly OpenStep[]): string[] {
    return steps
      .filter(({ lastFailure }) => lastFailure !== null)
      .map(describeRetry)
      .filter((line) => !this.#told.has(line) && this.#told.add(line));
  }
}

/** At most one line of progress in this time, in milliseconds. */
const pace = 10_000;

export class LineDisplay implements Display {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #retries = new Retries();
  #lastProgress: number;

  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#lastProgress = now();
  }

  say(line: string): void {
    this.#write(line);
  }

  ended(step: EndedStep): void {
    this.#write(describeEnded(step));
    this.#lastProgress = this.#now();
  }

  open(steps: readonly OpenStep[]): void {
    this.#retries.news(steps).forEach(this.#write);
    const shown = steps.find(({ isRunning }) => isRunning) ?? steps[0];
    if (!shown || this.#now() - this.#lastProgress < pace) return;
    this.#write(`  ${describeOpen(shown)}`);
    this.#lastProgress = this.#now();
  }

  close(): void {}
}

/**
 * The last lines of the terminal are bars, drawn again with each news; above them, finished steps scroll by. Written
 * here because the progress bar of @clack/prompts takes Ctrl-C for itself and ends the process with it: the stack
 * would be left running.
 */
class TerminalDisplay implements Display {
  readonly #stream: WriteStream;
  readonly #retries = new Retries();
  #open: readonly OpenStep[] = [];
  #drawn = 0;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  say(line: string): void {
    this.#above(line);
  }

  ended(step: EndedStep): void {
    const sign = step.failure === null ? pc.green('✓') : pc.red('✗');
    this.#above(`${sign} ${describeEnded(step)}`);
  }

  open(steps: readonly OpenStep[]): void {
    for (const line of this.#retries.news(steps)) this.#above(`${pc.yellow('!')} ${line}`);
    this.#open = steps;
    this.#erase();
    this.#draw();
  }

  close(): void {
    this.#erase();
    this.#open = [];
  }

  #above(line: string): void {
    this.#erase();
    this.#stream.write(`${line}\n`);
    this.#draw();
  }

  #erase(): void {
    moveCursor(this.#stream, 0, -this.#drawn);
    clearScreenDown(this.#stream);
    this.#drawn = 0;
  }

  #draw(): void {
    // Waiting steps are many where clients are: those that run come first, and a screen holds no more than a few.
    const shown = this.#open.toSorted((a, b) => Number(b.isRunning) - Number(a.isRunning)).slice(0, 4);
    for (const step of shown) this.#stream.write(`${bar(step)} ${this.#fit(describeOpen(step))}\n`);
    this.#drawn = shown.length;
  }

  /** A line that breaks would be two lines to erase. */
  #fit(text: string): string {
    const room = Math.max(10, this.#stream.columns - barWidth - 2);
    return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
  }
}

const barWidth = 20;

function bar({ done, total }: OpenStep): string {
  const filled = total > 0 ? Math.min(barWidth, Math.round((barWidth * done) / total)) : 0;
  return pc.cyan('█'.repeat(filled)) + pc.dim('░'.repeat(barWidth - filled));
}
