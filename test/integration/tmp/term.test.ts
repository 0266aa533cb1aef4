import { expect, it } from 'vitest';
import { Stack } from '../../helpers/stack.ts';
it('hands over on SIGTERM', async () => {
  const stack = await Stack.start();
  try {
    const S = ['training.steps=400', 'checkpoint.seconds=60'];
    const run = await stack.begin('experiments/tiny.yaml', S);
    await stack.untilStep(run, /^round 1 · client 1 · train/, 100);
    const t = Date.now();
    const { pid } = stack.process('gpu-worker');
    process.kill(pid!, 'SIGTERM');
    while (stack.process('gpu-worker').pid === pid) await new Promise((r) => setTimeout(r, 50));
    console.log('exit', stack.process('gpu-worker').lastExit, Date.now() - t, 'ms');
    await stack.finish('experiments/tiny.yaml', S);
    const resumed = (await stack.manifests()).filter(({ info }) => info.resumedFrom !== null);
    console.log(JSON.stringify(resumed.map(({ info }) => info)));
    expect(resumed.length).toBe(1);
  } finally {
    await stack.stop();
  }
});
