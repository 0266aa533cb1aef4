import { expect, it } from 'vitest';
import { BadInput } from '../../../cli/errors.ts';
import { cancelled, steered } from '../../../cli/update.ts';
import { FakeWorkflows } from '../../helpers/fake-workflows.ts';

it('is bad input to steer what has come to its end since it was looked at', async () => {
  const server = new FakeWorkflows();
  server.workflows.set('sweep/table3', {
    type: 'sweep',
    status: 'COMPLETED',
    historyLength: 9,
    document: null,
  });
  for (const steering of [
    () => steered(server.client, 'table3', { kind: 'pause' }, 'sweep/table3'),
    () => cancelled(server.client, 'table3', 'sweep/table3'),
  ])
    await expect(steering()).rejects.toThrow(
      new BadInput('table3 has just come to its end; `npx phoenix status table3` says how'),
    );
});
