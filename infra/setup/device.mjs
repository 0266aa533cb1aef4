/** Which device computes: `PHOENIX_DEVICE`, or the GPU where the NVIDIA driver reports one. */
import { spawnSync } from 'node:child_process';
import { MissingRequirement } from './errors.mjs';
import { findProgram } from './programs.mjs';
import { architecture } from './versions.mjs';

/** 'cpu' or 'gpu'. */
export function device(environment = process.env) {
  const wanted = environment.PHOENIX_DEVICE || null;
  if (wanted === null) return architecture === 'x64' && hasGpu() ? 'gpu' : 'cpu';
  if (wanted !== 'cpu' && wanted !== 'gpu') {
    throw new MissingRequirement(`PHOENIX_DEVICE: ${JSON.stringify(wanted)} is not known; allowed: cpu, gpu`);
  }
  if (wanted === 'gpu' && architecture !== 'x64') {
    throw new MissingRequirement(
      'PHOENIX_DEVICE: gpu needs an x86-64 machine; there is no CUDA build for ARM; use cpu',
    );
  }
  return wanted;
}

function hasGpu() {
  const program = findProgram('nvidia-smi');
  if (program === null) return false;
  const listed = spawnSync(program, ['-L'], { encoding: 'utf8', timeout: 5_000 });
  return listed.status === 0 && /^GPU \d/m.test(listed.stdout);
}
