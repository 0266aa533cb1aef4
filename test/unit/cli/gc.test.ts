import { defaultPayloadConverter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { payloadsIn } from '../../../cli/gc.ts';

it('finds every JSON payload of a history, and no other', () => {
  const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
  const history = {
    events: [
      { eventId: 1, attributes: { input: { payloads: [payload({ a: 1 }), payload(null)] } } },
      { eventId: 2, attributes: { result: payload(Uint8Array.of(1)), failure: null } },
      { eventId: 3, attributes: { lastHeartbeat: payload('two') } },
    ],
  };
  expect([...payloadsIn(history)]).toEqual([{ a: 1 }, null, 'two']);
});
