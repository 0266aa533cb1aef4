/**
 * Tables 1 to 5 of the paper (Jothiraj and Mashhadi, "Phoenix: A Federated Generative Diffusion Model", §4), as printed. Table 5 has
 * precision and recall of the DDPM swapped against Table 2: a slip of the paper, kept here and noted under the table.
 */

export interface PaperFigures {
  readonly fid: number;
  readonly score: number;
  /** Table 5 gives none. */
  readonly scoreStd: number | null;
  readonly precision: number;
  readonly recall: number;
}

export interface PaperRow extends PaperFigures {
  readonly title: string;
  /** `cellOf` of the runs that belong in the row. */
  readonly cell: string;
}

export interface PaperTable {
  readonly number: number;
  readonly title: string;
  readonly note?: string;
  readonly rows: readonly PaperRow[];
}

const row = (
  title: string,
  cell: string,
  [fid, score, scoreStd, precision, recall]: readonly [number, number, number | null, number, number],
): PaperRow => ({ title, cell, fid, score, scoreStd, precision, recall });

export const paperTables: readonly PaperTable[] = [
  {
    number: 1,
    title: 'DCGAN',
    rows: [
      row('centralized', 'dcgan centralized', [0.5632, 3.9822, 0.28, 0.9243, 0.4951]),
      row('IID', 'dcgan iid', [1.9219, 3.4588, 0.2313, 0.8189, 0.0744]),
      row('2-class non-IID', 'dcgan 2-class', [6.955, 1.539, 0.0388, 0.1772, 0.001]),
    ],
  },
  {
    number: 2,
    title: 'DDPM',
    rows: [
      row('centralized', 'unet centralized', [0.7842, 3.9429, 0.162, 0.8956, 0.4717]),
      row('IID', 'unet iid', [0.1106, 6.0631, 0.3753, 0.8144, 0.6628]),
      row('2-class non-IID', 'unet 2-class', [0.6351, 4.5087, 0.3275, 0.3344, 0.5453]),
    ],
  },
  {
    number: 3,
    title: 'Data sharing',
    rows: [
      row('β 5 %, α 100 %', 'unet 2-class β5 α100', [0.2858, 6.0624, 0.1583, 0.8206, 0.624]),
      row('β 15 %, α 100 %', 'unet 2-class β15 α100', [0.0653, 6.3676, 0.182, 0.7555, 0.693]),
      row('β 25 %, α 100 %', 'unet 2-class β25 α100', [0.0763, 6.5758, 0.3126, 0.8303, 0.7006]),
      row('β 25 %, α 25 %', 'unet 2-class β25 α25', [0.292, 5.5283, 0.6442, 0.8186, 0.6701]),
      row('β 25 %, α 50 %', 'unet 2-class β25 α50', [0.2047, 5.9563, 0.2638, 0.8278, 0.6783]),
      row('β 25 %, α 75 %', 'unet 2-class β25 α75', [0.1435, 6.0122, 0.4829, 0.8282, 0.6934]),
    ],
  },
  {
    number: 4,
    title: 'Personalization and threshold filtering',
    rows: [
      row('lowest precision', 'unet 2-class personal lowest', [0.7607, 5.3639, 0.3971, 0.592, 0.7623]),
      row('threshold 0.7', 'unet 2-class personal threshold0.7', [1.2242, 5.4681, 0.5142, 0.5599, 0.7614]),
      row('threshold 0.6', 'unet 2-class personal threshold0.6', [4.2548, 2.621, 0.1867, 0.5337, 0.259]),
    ],
  },
  {
    number: 5,
    title: '2-class non-IID compared',
    note: 'The paper’s Table 5 has precision and recall of the DDPM the other way round than its Table 2.',
    rows: [
      row('DCGAN', 'dcgan 2-class', [6.955, 1.539, null, 0.1772, 0.001]),
      row('DDPM', 'unet 2-class', [0.6351, 4.5087, null, 0.5453, 0.3344]),
      row('data sharing', 'unet 2-class β25 α100', [0.0763, 6.5758, null, 0.8303, 0.7006]),
      row('personalization and filtering', 'unet 2-class personal lowest', [
        0.7607,
        5.3639,
        null,
        0.592,
        0.7623,
      ]),
    ],
  },
];
