/** Which build of libtensorflow computes, and on what: for the fingerprint of results. */
import { binding } from './backend.ts';

export const libtensorflow = binding.TF_Version;
export const device = binding.isUsingGpuDevice() ? 'gpu' : 'cpu';
