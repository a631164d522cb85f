import { expect, test } from 'vitest';
import { killUnderLoad } from '../kill/kill-under-load.ts';

test('a server that is killed under load keeps what it acknowledged', { timeout: 240_000 }, async () => {
  const acknowledged = await killUnderLoad(5, null);
  // Otherwise nothing would have been compared.
  for (const kind of ['pushed', 'begun', 'ended', 'logged', 'uploaded', 'set'])
    expect(acknowledged, kind).toHaveProperty(kind);
});
