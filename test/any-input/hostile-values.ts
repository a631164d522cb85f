import fc from 'fast-check';

/** What a parameter's schema may say, as far as values are made from it. */
export interface Shape {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  additionalProperties?: unknown;
}

/** Stands in a request for something that exists where it is sent; see place.ts. */
const there = (name: string) => `__${name}__`;

/** Texts that have broken servers: of numbers, paths, encodings, languages. No `1`: that is root. */
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202e\u0000\ufeff',
  '\r\nX-Injected: yes',
  '.',
  '..',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f',
  '%',
  '%zz',
  '%00',
  '%ff',
  '-1',
  '0',
  '-0',
  '3.5',
  '1e3',
  '1e400',
  '0x10',
  'NaN',
  'Infinity',
  '32768',
  '2147483648',
  '9007199254740991',
  '9007199254740993',
  '-9007199254740991',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999999999',
  '٣',
  'true',
  'null',
  'undefined',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "' OR 1=1 --",
  '"; DROP TABLE jobs; --',
  '$(reboot)',
  '--upload-pack=touch',
  '-n',
  'refs/heads/main',
  'HEAD~1',
  'main^{tree}',
  '@{-1}',
  'a'.repeat(40),
  '0'.repeat(40),
  '(((((((((((a+)+)+)+)+)+)+)+)+)+)+$',
  '[[:alpha:]',
  '*',
  '%_%',
  'é\u0301😀',
  '0000-00-00',
  '2026-02-31',
  '+275760-09-13T00:00:00.001Z',
  '99999-01-01',
  '-271821-04-20',
  '9999999999 years',
  '1 day 1',
  '<script>alert(1)</script>',
  'x'.repeat(300),
  'x'.repeat(5_100),
  // What no database makes shorter: an index takes less.
  Array.from({ length: 900 }, (_, at) => (Math.imul(at + 1, 2_654_435_761) >>> 0).toString(36)).join(''),
];

export const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => Number(text) !== 1) },
);

const nested = (depth: number): unknown => (depth === 0 ? 'deep' : [nested(depth - 1)]);
const nestedHash = (depth: number): unknown => (depth === 0 ? 'deep' : { a: nestedHash(depth - 1) });

/** Values that JSON can carry, and that nobody asked for. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      -1,
      0.5,
      1e308,
      -(2 ** 63),
      2 ** 31,
      2 ** 53,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      [],
      {},
      [null],
      [[]],
      [{}],
      { '': '' },
      { 0: 'zero', length: 1e9 },
      nested(30),
      nestedHash(30),
      JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'),
      'long '.repeat(20_000),
      Array.from({ length: 5_000 }, () => 'many'),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Values that a client with good manners would send, by the parameter's name, else by its schema. */
const KNOWN: Record<string, readonly string[]> = {
  job_id: [there('job_id'), there('manual_job_id')],
  pipeline_id: [there('pipeline_id')],
  project_id: [there('project_id')],
  group_id: [there('group_id')],
  namespace_id: [there('group_id')],
  runner_id: [there('runner_id')],
  user_id: [there('user_id')],
  token: [there('job_token'), there('runner_token'), there('registration_token')],
  private_token: [there('token')],
  job_token: [there('job_token')],
  ref: ['main'],
  ref_name: ['main', 'refs/heads/main'],
  sha: [there('sha')],
  job: ['build'],
  artifact_path: ['out/a.txt', 'out'],
  path: [there('fresh')],
  username: [there('fresh')],
  name: [there('fresh')],
  email: [`${there('fresh')}@example.org`],
  password: ['a good password'],
  expires_at: ['2027-01-01'],
  created_after: ['2026-01-01T00:00:00Z'],
  expire_in: ['1 day', 'never'],
  state: ['running', 'success', 'failed'],
  cursor: ['MTs'],
};

export function plausible(name: string, shape: Shape): fc.Arbitrary<unknown> {
  const known = KNOWN[name];
  if (known) return fc.constantFrom(...known);
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map((one) => plausible('', one)));
  switch (shape.type) {
    case 'integer':
    case 'number':
      return fc.oneof(fc.constantFrom<unknown>('10', 20, 30, 40), fc.integer({ min: 2, max: 100 }));
    case 'boolean':
      return fc.constantFrom<unknown>(true, false, 'true', '0');
    case 'array':
      return fc.array(plausible('', shape.items ?? {}), { maxLength: 3 });
    case 'object':
      return fc
        .record(
          Object.fromEntries(
            Object.entries(shape.properties ?? {}).map(([key, one]) => [key, plausible(key, one)]),
          ),
          { requiredKeys: [] },
        )
        .map((hash) => ({ ...hash }));
    case 'null':
      return fc.constant(null);
    default:
      return fc.constantFrom('text', 'main', 'api');
  }
}
