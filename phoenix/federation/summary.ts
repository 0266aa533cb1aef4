import type { Ref, RoundRecord, RoundSummary, RunDocument } from './records.ts';

/** @param stored the record as an object in the store */
export function summaryOf(record: RoundRecord, stored: Ref): RoundSummary {
  const { round, clients, late, personalAverage, privacy, metrics, poor, removed, startedAt, finishedAt } =
    record;
  const losses = clients.map(({ training }) => training.lastLoss);
  return {
    round,
    record: stored,
    history: null,
    participants: clients.length,
    personalAverage,
    stragglers: late.length,
    meanLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    privacy,
    metrics,
    poor,
    removed,
    startedAt,
    finishedAt,
  };
}

/** What is said of a run, wherever it is shown, in which the average of personal layers was evaluated. */
export const LAYERS_LEFT = 'Personal layers left the clients: the metrics are of a model with their average';

/** Whether that is to be said. */
export const layersLeft = ({ rounds }: Pick<RunDocument, 'rounds'>): boolean =>
  rounds.some(({ personalAverage }) => Boolean(personalAverage));

/** "8", or "8, 2 late". */
export const turnout = ({
  participants,
  stragglers,
}: Pick<RoundSummary, 'participants' | 'stragglers'>): string =>
  stragglers > 0 ? `${participants}, ${stragglers} late` : String(participants);

/** Whether who took part in these rounds was a matter of time. */
export const isTimingDependent = (rounds: readonly Pick<RoundSummary, 'stragglers'>[]): boolean =>
  rounds.some(({ stragglers }) => stragglers > 0);
