/** The steps that need a device, by the name of their activity. */
import type { EngineContext } from './context.ts';
import { generate } from './generate.ts';
import { measure } from './measure.ts';
import { referenceFeatures } from './reference-features.ts';
import { train } from './train.ts';
import { trainClassifier } from './train-classifier.ts';

export const gpuSteps = { trainClassifier, referenceFeatures, train, generate, measure };

export type GpuSteps = typeof gpuSteps;
export type GpuStep = keyof GpuSteps;
export type GpuRequest<S extends GpuStep> = Parameters<GpuSteps[S]>[1];
export type GpuResult<S extends GpuStep> = Awaited<ReturnType<GpuSteps[S]>>;

/** Step bodies by their names. */
export type StepBodies = Readonly<
  Record<string, (context: EngineContext, request: never) => Promise<unknown>>
>;

/** A step body, seen without its types: what a process that only passes requests on can say about it. */
export type AnyStep = (context: EngineContext, request: unknown) => Promise<unknown>;
