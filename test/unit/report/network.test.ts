import { expect, it } from 'vitest';
import { experimentSchemas } from '../../../phoenix/config/schema.ts';
import { networkName } from '../../../phoenix/report/network.ts';

it.each([
  ['unet', 'U-Net, 35,746,307 parameters'],
  ['dcgan', 'DCGAN, 3,573,824 + 2,759,424 parameters'],
] as const)('says what the paper’s %s is', (kind, name) => {
  expect(networkName(experimentSchemas[kind].parse({ name: 'paper', model: { kind } }).model)).toBe(name);
});
