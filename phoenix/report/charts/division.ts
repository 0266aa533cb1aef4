/** Images that each client trains on by class, its own and those merged into them. */
import type { Division } from '../division.ts';
import { classList, classNamesOf, whole } from '../format.ts';
import type { Run } from '../groups.ts';
import { palette, type Chart, type Row } from './chart.ts';

/** Length in pixels of the longest bar, and of a letter in it. */
const WIDTH = 540;
const LETTER = 6;

/** More bars than that nobody reads, and more classes are not told apart by colours. */
const SHOWN = 30;

/** @param division null where the labels of the training images are not to be had: then classes are no part of the bars */
export function divisionChart(run: Run, division: Division | null): Chart | null {
  if (run.clients.length === 0) return null;
  const rows = division ? byClass(division) : byKind(run);
  const shown = run.clients.slice(0, SHOWN);
  const longest = Math.max(...shown.map(({ ownImages, sharedImages }) => ownImages + sharedImages));
  const isShared = rows.some(({ kind }) => kind === 'shared');
  const names = division?.classes ?? [];
  const x = { field: 'from', type: 'quantitative', title: 'images', axis: { tickCount: 5 } };
  return {
    name: 'division',
    title: 'Images of each client',
    alt: shown
      .map(
        (own) =>
          `client ${own.id}: ${whole(own.ownImages)} of ${classList(own.classes, classNamesOf(run))}${own.sharedImages > 0 ? ` and ${whole(own.sharedImages)} shared` : ''}`,
      )
      .join('; '),
    ...note(isShared, run.clients.length),
    rows,
    spec: {
      width: WIDTH,
      height: { step: 22 },
      transform: [{ filter: `datum.client < ${SHOWN}` }],
      encoding: { y: { field: 'client', type: 'ordinal' } },
      layer: [
        {
          mark: { type: 'bar', height: { band: 0.85 } },
          encoding: {
            x,
            x2: { field: 'to' },
            color:
              names.length > 0
                ? {
                    field: 'class',
                    type: 'nominal',
                    title: null,
                    scale: { domain: names, range: names.map((_, label) => palette[label % palette.length]) },
                    ...(names.length > palette.length && { legend: null }),
                  }
                : { value: palette[1] },
            opacity: {
              field: 'kind',
              type: 'ordinal',
              title: null,
              scale: { domain: ['own', 'shared'], range: [1, 0.4] },
              ...(!isShared && { legend: null }),
            },
          },
        },
        {
          transform: [
            // Where the word has room.
            { filter: `${LETTER} * length(datum.class) + 4 < ${WIDTH / longest} * datum.images` },
            { calculate: '(datum.from + datum.to) / 2', as: 'middle' },
          ],
          mark: { type: 'text', fontSize: 10 },
          encoding: {
            x: { ...x, field: 'middle' },
            text: { field: 'class' },
            // What is pale has the ground behind it.
            color: { condition: { test: "datum.kind === 'own'", value: '#000' }, value: 'currentColor' },
          },
        },
      ],
    },
  };
}

function note(isShared: boolean, clients: number): { note?: string } {
  const words = [
    isShared ? 'Pale: images of the shared set, merged into the client’s own.' : '',
    clients > SHOWN ? `The first ${SHOWN} of ${whole(clients)} clients.` : '',
  ].filter((word) => word !== '');
  return words.length > 0 ? { note: words.join(' ') } : {};
}

interface Piece extends Row {
  readonly client: number;
  readonly kind: 'own' | 'shared';
  readonly class: string;
  readonly images: number;
  /** Where it begins and ends in its client's bar. */
  readonly from: number;
  readonly to: number;
}

/** One after the other. */
function inBar(client: number, pieces: readonly (readonly [Piece['kind'], string, number])[]): Piece[] {
  let to = 0;
  return pieces.flatMap(([kind, name, images]) => {
    const from = to;
    to += images;
    return images > 0 ? [{ client, kind, class: name, images, from, to }] : [];
  });
}

const byClass = ({ classes, clients }: Division): Piece[] =>
  clients.flatMap(({ client, ownClasses, sharedClasses }) =>
    inBar(client, [
      ...classes.map((name, label) => ['own', name, ownClasses[label]!] as const),
      ...classes.map((name, label) => ['shared', name, sharedClasses[label]!] as const),
    ]),
  );

function byKind(run: Run): Piece[] {
  const names = classNamesOf(run);
  return run.clients.flatMap(({ id, classes, ownImages, sharedImages }) =>
    inBar(id, [
      ['own', classList(classes, names), ownImages],
      ['shared', 'all', sharedImages],
    ]),
  );
}
