/** The steps of `phoenix metrics`, by name: those of a run's evaluation, cut where one set of features serves several. */
import { compare } from './compare.ts';
import { findCopies } from './find-copies.ts';
import { imageFeatures } from './image-features.ts';
import { nearestImages } from './nearest-images.ts';
import { referenceFeatures } from './reference-features.ts';

export const metricsSteps = { referenceFeatures, imageFeatures, compare, nearestImages, findCopies };

export type MetricsSteps = typeof metricsSteps;
