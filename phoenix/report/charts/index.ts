/** The figures of one run, and those that compare several. */
import type { AuditedStep } from '../audit.ts';
import { lastMetrics, type Group, type Run } from '../groups.ts';
import type { Chart } from './chart.ts';
import { classesChart } from './classes.ts';
import { clientsChart } from './clients.ts';
import { divisionChart } from './division.ts';
import { heatMap } from './heat-map.ts';
import { lossesChart } from './losses.ts';
import { metricsChart } from './metrics.ts';
import { timeline } from './timeline.ts';

const isChart = (chart: Chart | null): chart is Chart => chart !== null;

/** @param steps as the histories have them; none: no timeline */
export function chartsOf(run: Run, steps: readonly AuditedStep[]): Chart[] {
  const metrics = lastMetrics(run);
  return [
    metricsChart(run),
    clientsChart(run),
    lossesChart(run),
    classesChart(metrics ? [{ name: 'samples', metrics }] : []),
    divisionChart(run),
    timeline(steps),
  ].filter(isChart);
}

export const comparingCharts = (groups: readonly Group[]): Chart[] =>
  [
    classesChart(groups.map(({ cell, runs }) => ({ name: cell, metrics: runs[0]!.metrics }))),
    heatMap(groups),
  ].filter(isChart);
