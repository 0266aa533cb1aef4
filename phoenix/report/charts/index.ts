/** The figures of one run, and those that compare several. */
import type { AuditedStep } from '../audit.ts';
import type { Division } from '../division.ts';
import type { Group, Run } from '../groups.ts';
import type { Chart } from './chart.ts';
import { classPanels, outsidePanels } from './class-panels.ts';
import { classesChart, otherClasses } from './classes.ts';
import { clientsChart } from './clients.ts';
import { divisionChart } from './division.ts';
import { heatMap } from './heat-map.ts';
import { lossesChart } from './losses.ts';
import { metricsChart } from './metrics.ts';
import { timeline } from './timeline.ts';

const isChart = (chart: Chart | null): chart is Chart => chart !== null;

/**
 * @param steps as the histories have them; none: no timeline
 * @param division null where the labels of the training images are not to be had
 */
export const chartsOf = (run: Run, steps: readonly AuditedStep[], division: Division | null): Chart[] =>
  [
    metricsChart(run),
    clientsChart(run),
    lossesChart(run),
    classesChart(run),
    divisionChart(run, division),
    timeline(steps),
  ].filter(isChart);

export const comparingCharts = (groups: readonly Group[]): Chart[] =>
  [...classPanels(groups), otherClasses(outsidePanels(groups)), heatMap(groups)].filter(isChart);
