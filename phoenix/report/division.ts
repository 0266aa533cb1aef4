/** Who has which images, as words, a table and bars for the terminal. */
import pc from 'picocolors';
import type { DividedImages } from '../data/division.ts';
import { classSizes } from '../data/partition.ts';
import { whole } from './format.ts';
import { numeric, textTable } from './tables.ts';

export interface Division {
  /** Names, by label. */
  readonly classes: readonly string[];
  readonly trainingImages: number;
  /** |G| */
  readonly sharedImages: number;
  readonly clients: readonly {
    readonly client: number;
    /** Of its own part, and by class. */
    readonly own: number;
    readonly ownClasses: readonly number[];
    /** Of G, merged into it, and by class. */
    readonly shared: number;
    readonly sharedClasses: readonly number[];
    /** Standard deviation of the noise on its own images, as a fraction of white. */
    readonly noise: number;
  }[];
}

/** @param labels of all training images */
export function divisionOf(
  labels: Uint8Array,
  classes: readonly string[],
  { clients, shared: global }: DividedImages,
): Division {
  const sizes = (indices: Int32Array) => classSizes(labels, indices, classes.length);
  return {
    classes,
    trainingImages: labels.length,
    sharedImages: global.length,
    clients: clients.map(({ own, shared, noise }, client) => ({
      client,
      own: own.length,
      ownClasses: sizes(own),
      shared: shared.length,
      sharedClasses: sizes(shared),
      noise,
    })),
  };
}

export function divisionWords({ classes, trainingImages, sharedImages, clients }: Division): string {
  const shared = sharedImages === 0 ? '' : `; ${whole(sharedImages)} are shared by the server`;
  const legend = classes.map((name, label) => `${sign(label)} ${name}`).join('  ');
  const all = `${whole(trainingImages)} training images of ${classes.length} classes`;
  return `${all}, ${clients.length} ${clients.length === 1 ? 'client' : 'clients'}${shared}\n\n${legend}`;
}

/** One row per client: what it trains on, and its own images by class. */
export function divisionTable({ classes, clients }: Division): string {
  const isNoisy = clients.some(({ noise }) => noise > 0);
  const columns = [
    'images',
    'own',
    'shared',
    ...(isNoisy ? ['noise'] : []),
    ...classes.map((_, k) => sign(k)),
  ];
  return textTable(
    [numeric('client'), ...columns.map(numeric)],
    clients.map(({ client, own, shared, noise, ownClasses }) => [
      String(client),
      ...[own + shared, own, shared].map(whole),
      ...(isNoisy ? [noise.toFixed(3)] : []),
      ...ownClasses.map((count) => (count === 0 ? '·' : whole(count))),
    ]),
  ).trimEnd();
}

/** Signs in the longest bar. */
const WIDTH = 60;

/** One bar per client, as long as it has images: a sign and a colour for each class, then + for what is shared. */
export function divisionBars({ clients }: Division): string {
  const longest = Math.max(...clients.map(({ own, shared }) => own + shared));
  const idWidth = String(clients.length - 1).length;
  return clients
    .map(({ client, ownClasses, shared }) => {
      // Ends are rounded and not lengths: the bar is as long as it should be, however many pieces it has.
      let images = 0;
      let drawn = 0;
      const piece = (count: number): number => {
        images += count;
        const length = Math.round((WIDTH * images) / longest) - drawn;
        drawn += length;
        return length;
      };
      const own = ownClasses.map((count, label) => paint(label, sign(label).repeat(piece(count))));
      return `client ${String(client).padStart(idWidth)}  ${own.join('')}${pc.dim('+'.repeat(piece(shared)))}`;
    })
    .join('\n');
}

const SIGNS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** One character per class; more than there are share the last. */
const sign = (label: number): string => SIGNS[label] ?? '#';

const COLOURS = [
  pc.red,
  pc.green,
  pc.yellow,
  pc.blue,
  pc.magenta,
  pc.cyan,
  pc.redBright,
  pc.greenBright,
  pc.yellowBright,
  pc.blueBright,
];

const paint = (label: number, text: string): string => COLOURS[label % COLOURS.length]!(text);
