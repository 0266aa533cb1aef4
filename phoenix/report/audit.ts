/** The whole story of a run as one Markdown document: what was done, by whom, from what, and what went wrong on the way. */
import { stringify } from 'yaml';
import { epsilonColumn } from '../federation/privacy/describe.ts';
import type { FullRun, StepTrace } from '../federation/records.ts';
import { comesBack, lateness, standingIn } from '../federation/standing.ts';
import type { Ledger, Removal } from '../federation/strikes.ts';
import { LAYERS_LEFT, layersLeft, turnout } from '../federation/summary.ts';
import { artifactsOf } from './artifacts.ts';
import {
  classList,
  classNamesOf,
  clientCells,
  duration,
  fraction,
  METRIC_TITLES,
  metricCells,
  significant,
  targetWords,
  whole,
} from './format.ts';

/** One activity, as its workflow's history has it. */
export interface AuditedStep {
  readonly workflow: string;
  /** "round 2 · client 3 · train, 4,000 images". */
  readonly label: string;
  /** ISO 8601; null while it waits for a worker. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Process and machine that had the last attempt. */
  readonly worker: string | null;
  readonly attempts: number;
  /** Why the attempt before the last one ended. */
  readonly retriedAfter: string | null;
  readonly end: 'done' | 'failed' | 'cancelled' | 'open';
  readonly failure: string | null;
  /** Null where the activity is not a remembered step. */
  readonly step: StepTrace | null;
}

export function auditMarkdown(run: FullRun, steps: readonly AuditedStep[]): string {
  return [
    `# Audit of ${run.run}`,
    summary(run),
    section(
      'Done by hand',
      table(
        ['at', 'round', 'effect'],
        run.steering.map(({ at, during, effect }) => [at, String(during), effect]),
      ),
    ),
    section('Data', data(run)),
    section('Rounds', rounds(run)),
    section('Clients in each round', clients(run)),
    section('Removed clients', removals(run)),
    section('Steps', stepTable(steps)),
    section('Retries, failures and recoveries', troubles(steps)),
    section('Objects', objects(run)),
    section('Settings', `\`\`\`yaml\n${stringify(run.settings)}\`\`\``),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function summary(run: FullRun): string {
  const lines = [
    `State: ${run.state}${run.paused ? ', paused' : ''}${run.state === run.phase ? '' : ` (${run.phase})`}`,
    `Started ${run.startedAt}${run.finishedAt === null ? '' : `, ended ${run.finishedAt}`}`,
    `Settings: \`${run.settingsHash}\``,
    ...(run.final ? [`Final weights: \`${run.final.weightsHash}\``] : []),
    ...(run.failure ? [`Failed with ${run.failure.type}: ${run.failure.message}`] : []),
    ...(run.forkedFrom ? [`Rounds 1 to ${run.forkedFrom.round} are those of ${run.forkedFrom.run}`] : []),
    ...(run.steered
      ? ['Steered: changed by hand, so that its settings alone would give something else']
      : []),
    ...(run.timingDependent
      ? ['Timing-dependent: clients missed a deadline, so that its settings alone may give something else']
      : []),
    ...(run.steered || run.timingDependent
      ? []
      : ['Neither steered nor timing-dependent: its settings alone give these results']),
    ...(layersLeft(run) ? [LAYERS_LEFT] : []),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function data(run: FullRun): string {
  const { clients: all, sharedImages, classifier, warmup } = run;
  const names = classNamesOf(run);
  const words = [
    sharedImages > 0 ? `${whole(sharedImages)} images are shared by the server.` : '',
    classifier ? `The classifier is right on ${fraction(classifier.testAccuracy)} of the test images.` : '',
    warmup
      ? `Warm-up: ${whole(warmup.steps)} steps on ${whole(warmup.examples)} images, loss ${significant(warmup.firstLoss)} → ${significant(warmup.lastLoss)}${targetWords(warmup)}.`
      : '',
  ];
  const rows = all.map(({ id, classes, ownImages, sharedImages: shared }) => [
    String(id),
    classList(classes, names),
    whole(ownImages),
    whole(shared),
  ]);
  return [table(['client', 'classes', 'own images', 'shared images'], rows), ...words]
    .filter((part) => part !== '')
    .join('\n\n');
}

function rounds(run: FullRun): string {
  const epsilon = epsilonColumn(run.rounds);
  const untrained = run.untrained
    ? [['untrained', '', ...metricCells(run.untrained), ...epsilon.cell(null), '', '', '']]
    : [];
  return table(
    ['round', 'clients', ...METRIC_TITLES, ...epsilon.title, 'poor', 'removed', 'took'],
    [
      ...untrained,
      ...run.rounds.map(({ round, metrics, privacy, poor, removed, startedAt, finishedAt, ...clients }) => [
        String(round),
        turnout(clients),
        ...metricCells(metrics),
        ...epsilon.cell({ privacy }),
        poor.join(', '),
        removed.join(', '),
        duration(Date.parse(finishedAt) - Date.parse(startedAt)),
      ]),
    ],
  );
}

const clients = (run: FullRun): string =>
  table(
    ['round', 'client', 'images', 'steps', 'loss at first', 'at last', 'precision', 'recall', 'standing'],
    run.rounds.flatMap(({ round, clients: trained, late, ledger }) => [
      ...trained.map((own) => [
        String(round),
        String(own.client),
        ...clientCells(own),
        standingIn(ledger, own.client) ?? '',
      ]),
      ...late.map((own) => [String(round), String(own.client), ...clientCells(null), lateness(own)]),
    ]),
  );

/** By the rule, whether or not the client has come back since; by hand, who is still away. */
function removals({ rounds: all, ledger }: FullRun): string {
  const by = (who: Removal['by'], { clients: standings }: Ledger): Removed[] =>
    standings.flatMap(({ client, removal }) => (removal?.by === who ? [{ client, removal }] : []));
  const byRule = all.flatMap(({ removed, ledger: then }) =>
    by('rule', then).filter(({ client }) => removed.includes(client)),
  );
  return [...byRule, ...by('hand', ledger)]
    .toSorted((a, b) => a.removal.afterRound - b.removal.afterRound)
    .map(
      ({ client, removal }) =>
        `- client ${client} after round ${removal.afterRound}, by ${removal.by === 'rule' ? 'the rule' : 'hand'}${comesBack(removal)}`,
    )
    .join('\n');
}

interface Removed {
  readonly client: number;
  readonly removal: Removal;
}

const stepTable = (steps: readonly AuditedStep[]): string =>
  table(
    ['step', 'began', 'took', 'worker', 'attempts', 'how', 'step key'],
    steps.map(({ label, startedAt, endedAt, worker, attempts, end, step }) => [
      label,
      startedAt ?? '–',
      startedAt !== null && endedAt !== null ? duration(Date.parse(endedAt) - Date.parse(startedAt)) : '–',
      worker ?? '–',
      String(attempts),
      end === 'done' ? (step ? origin(step) : 'done') : end,
      step ? `\`${step.key}\`` : '',
    ]),
  );

/** How a step's result came about, in words. */
export function origin({ reused, resumedFrom, mixed }: StepTrace): string {
  const words = [
    reused ? 'reused' : 'computed',
    ...(resumedFrom === null ? [] : [`from its checkpoint at ${resumedFrom}`]),
    ...(mixed ? ['on unlike machines'] : []),
  ];
  return words.join(', ');
}

const troubles = (steps: readonly AuditedStep[]): string =>
  steps
    .flatMap(({ label, attempts, retriedAfter, end, failure, step }) => {
      const went =
        step && step.resumedFrom !== null ? `, went on from its checkpoint at ${step.resumedFrom}` : '';
      return [
        ...(retriedAfter === null ? [] : [`- ${label}: attempt ${attempts}, since: ${retriedAfter}${went}`]),
        ...(end === 'failed' || end === 'cancelled'
          ? [`- ${label}: ${end}${failure ? `: ${failure}` : ''}`]
          : []),
      ];
    })
    .join('\n');

const objects = (run: FullRun): string =>
  table(
    ['object', 'SHA-256', 'bytes'],
    artifactsOf(run).map(({ name, ref }) => [name, `\`${ref.hash}\``, whole(ref.bytes)]),
  );

const section = (title: string, body: string): string => (body === '' ? '' : `## ${title}\n\n${body}`);

/** No rows: ''. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
