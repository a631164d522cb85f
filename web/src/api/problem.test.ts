import { expect, test } from 'vitest';
import { problemOf } from './problem.ts';

const said = (status: number, message: unknown) =>
  problemOf(new Response(JSON.stringify({ message }), { status }));

test('what is wrong with a group is told by field, as with all else', async () => {
  const { fields, message } = await said(
    400,
    'Failed to save group {:path=>["has already been taken", "has \\"quotes\\""], :visibility_level=>["is not allowed."]}',
  );
  expect(fields).toEqual({
    path: 'has already been taken; has "quotes"',
    visibility_level: 'is not allowed.',
  });
  expect(message).toContain('Failed to save group');
  expect((await said(400, 'Failed to save group {odd}')).fields).toEqual({});
});
