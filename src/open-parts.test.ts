import { expect, test } from 'vitest';
import { Opened } from './open-parts.ts';

test('what was opened first is closed last, and though another failed to close', async () => {
  const opened = new Opened();
  const closed: string[] = [];
  opened.add(async () => void closed.push('database'));
  opened.add(async () => {
    throw new Error('still in use');
  });
  opened.add(async () => void closed.push('runner'));
  await expect(opened.close()).rejects.toThrow('still in use');
  expect(closed).toEqual(['runner', 'database']);
});
