import type { Ref, RoundRecord, RoundSummary } from './records.ts';

/** @param stored the record as an object in the store */
export function summaryOf(record: RoundRecord, stored: Ref): RoundSummary {
  const { round, clients, metrics, poor, removed, startedAt, finishedAt } = record;
  const losses = clients.map(({ training }) => training.lastLoss);
  return {
    round,
    record: stored,
    history: null,
    participants: clients.length,
    meanLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    metrics,
    poor,
    removed,
    startedAt,
    finishedAt,
  };
}
