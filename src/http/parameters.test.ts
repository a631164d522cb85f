import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { commaList, filled, listOf, readParameters } from './parameters.ts';

const schema = Type.Object({
  id: Type.Integer(),
  page: Type.Integer({ minimum: 1, default: 1 }),
  scope: Type.Optional(listOf(Type.Enum(['created', 'pending']))),
  hashed: Type.Optional(listOf(Type.Enum(['created', 'pending']), { hash: true })),
  force: Type.Optional(Type.Boolean()),
  name: Type.Optional(filled()),
  tags: Type.Optional(commaList()),
  note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  pairs: Type.Optional(Type.Array(Type.Object({ key: filled(), value: Type.String() }))),
  map: Type.Optional(Type.Object({}, { additionalProperties: Type.String() })),
});

const errorOf = (raw: Record<string, unknown>) => {
  try {
    readParameters(schema, { id: 1, ...raw });
  } catch (error) {
    return error instanceof ApiError ? [error.status, error.body] : error;
  }
  return undefined;
};
const error = (text: string) => [400, { error: text }];

test('text becomes what the schema wants, defaults are filled in, unknown names go', () => {
  const raw = { id: '7', force: 'on', scope: 'pending', tags: 'a, b,,c', other: 'x' };
  expect(readParameters(schema, raw)).toEqual({
    id: 7,
    page: 1,
    force: true,
    scope: ['pending'],
    tags: ['a', 'b', 'c'],
  });
});

test.each([
  [{ id: undefined }, 'id is missing'],
  [{ id: 'seven' }, 'id is invalid'],
  [{ id: '9223372036854775808' }, 'id is invalid'],
  [{ id: 1.5 }, 'id is invalid'],
  [{ page: '0' }, 'page does not have a valid value'],
  [{ scope: 'pendng' }, 'scope does not have a valid value'],
  [{ scope: ['pending', 'x'] }, 'scope does not have a valid value'],
  [{ scope: { 0: 'pending' } }, 'scope is invalid'],
  [{ force: 'perhaps' }, 'force is invalid'],
  [{ name: '  ' }, 'name is empty'],
  [{ name: ['a'] }, 'name is invalid'],
  [{ name: 'a\0b' }, 'name is invalid'],
  [{ name: 'a\ud800b' }, 'name is invalid'],
  [{ pairs: [{ key: 'A', value: '1' }, { value: '2' }] }, 'pairs[1][key] is missing'],
  [{ pairs: [{ key: 'A' }] }, 'pairs[0][value] is missing'],
  [{ pairs: 'A=1' }, 'pairs is invalid'],
  [{ id: 'x', force: 'maybe' }, 'id is invalid, force is invalid'],
])('%o is refused: %s', (raw, text) => {
  expect(errorOf(raw)).toEqual(error(text));
});

test('a hash of numbers stands for a list where that is said, and for hashes in a list', () => {
  const raw = { id: 1, hashed: { 0: 'pending', 1: 'created' }, pairs: { 0: { key: 'A', value: '1' } } };
  expect(readParameters(schema, raw)).toMatchObject({
    hashed: ['pending', 'created'],
    pairs: [{ key: 'A', value: '1' }],
  });
});

test('a word of a list that is repeated counts once', () => {
  const scope = ['pending', 'created', 'pending'];
  expect(readParameters(schema, { id: 1, scope, tags: ['a', 'a'] })).toMatchObject({
    scope: ['pending', 'created'],
    tags: ['a', 'a'],
  });
});

test('null empties what may be null, and is nothing given elsewhere', () => {
  expect(readParameters(schema, { id: 1, note: null, name: null, page: null })).toEqual({
    id: 1,
    page: 1,
    note: null,
  });
});

test('no name reaches a prototype', () => {
  const raw = JSON.parse(
    '{"id": 1, "map": {"__proto__": "x", "a": "b"}, "__proto__": {"force": true}}',
  ) as object;
  const values = readParameters(schema, { ...raw });
  expect(Object.getPrototypeOf(values.map)).toBe(Object.prototype);
  expect(Object.entries(values.map ?? {})).toContainEqual(['a', 'b']);
  expect(values.force).toBeUndefined();
});
