import fc from 'fast-check';
import type { Route } from '../../src/http/route.ts';
import { hostileText, hostileValue, plausible, type Shape } from './hostile-values.ts';

/** What is sent, with names of place.ts in it. */
export interface AnyRequest {
  /** The route it is meant for. */
  route: string;
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body: string | null;
  /** `latin1` makes bytes that are no UTF-8. */
  encoding: 'utf8' | 'latin1';
}

/** What of a route requests are made from. */
export type Target = Pick<Route, 'method' | 'path' | 'body'> & { params: Shape };

const git = (method: 'GET' | 'POST', action: string): Target => ({
  method,
  path: `/:repository+/${action}`,
  body: 'stream',
  params: { properties: { service: { enum: ['git-upload-pack', 'git-receive-pack'] } } },
});

/** git's paths, which are no routes of the API. */
const GIT = [
  git('GET', 'info/refs'),
  git('GET', 'HEAD'),
  git('POST', 'git-upload-pack'),
  git('POST', 'git-receive-pack'),
];

/** Requests to these routes and to git: some good, most with something in them that nobody expects. */
export function anyRequest(routes: readonly Route[]): fc.Arbitrary<AnyRequest> {
  const targets: Target[] = [
    ...routes.map(({ method, path, body, params }) => ({ method, path, body, params: params as Shape })),
    ...GIT,
  ];
  return fc.constantFrom(...targets).chain(requestTo);
}

function requestTo(target: Target): fc.Arbitrary<AnyRequest> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 20, arbitrary: fc.constant<string>(target.method) },
        { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'DELETE', 'GET') },
      ),
      path: pathOf(target),
      query: queryOf(target),
      body: bodyOf(target),
      credentials,
      more: headers,
    })
    .map(({ method, path, query, body, credentials: caller, more }) => {
      const carries = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
      return {
        route: `${target.method} ${target.path}`,
        method,
        path: path + query,
        headers: { ...caller, ...more, ...(carries ? body.headers : {}) },
        body: carries ? body.body : null,
        encoding: body.encoding,
      };
    });
}

const IDS: Record<string, string> = {
  projects: '__project_id__',
  groups: '__group_id__',
  users: '__user_id__',
  jobs: '__job_id__',
  runners: '__runner_id__',
  namespaces: '__group_id__',
  personal_access_tokens: '__token_id__',
};

function pathOf({ path }: Target): fc.Arbitrary<string> {
  const base = /^\/(-\/|:repository)/.test(path) ? '' : '/api/v4';
  const segments = path.split('/').slice(1);
  const made = segments.map((segment, index) => {
    const [, name, wide] = /^:([a-z_]+)(\+?)$/.exec(segment) ?? [];
    if (name === undefined) return fc.constant(segment);
    const good =
      name === 'id'
        ? fc.constantFrom(
            IDS[segments[index - 1] ?? ''] ?? '__project_id__',
            segments[index - 1] === 'projects' ? '__project_path__' : '5',
          )
        : name === 'repository'
          ? fc.constantFrom('__git_path__', '__git_path__', 'root/none.git')
          : plausible(name, { type: 'string' }).map(String);
    return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: hostileSegment(wide === '+') });
  });
  return fc.tuple(...made).map((parts) => `${base}/${parts.join('/')}`);
}

const hostileSegment = (wide: boolean) =>
  fc.tuple(hostileText, fc.constantFrom('encoded', 'encoded', 'raw')).map(([text, mode]) => {
    // An empty segment would make the path another one.
    if (mode === 'raw') return text.replace(/[^\x21-\x7e]|#/g, '') || 'raw';
    const encoded = percentEncode(text) || '%20';
    return wide ? encoded.replaceAll('%2F', '/') : encoded;
  });

/** As encodeURIComponent, and a lone surrogate as the three bytes that are no UTF-8. */
function percentEncode(text: string): string {
  return [...text]
    .map((character) =>
      character.isWellFormed()
        ? encodeURIComponent(character)
        : `%ED%${character < '\udc00' ? 'A0' : 'B0'}%80`,
    )
    .join('');
}

function valuesOf({ params }: Target): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(params.properties ?? {}).filter(([name]) => name !== 'id');
  const record = fc.record(
    Object.fromEntries(
      properties.map(([name, shape]) => [
        name,
        fc.oneof({ weight: 3, arbitrary: plausible(name, shape) }, { weight: 1, arbitrary: hostileValue }),
      ]),
    ),
    { requiredKeys: [] },
  );
  const extra = fc.dictionary(hostileText, hostileValue, { maxKeys: 1 });
  return fc.tuple(record, extra).map(([known, unknown]) => ({ ...unknown, ...known }));
}

function queryOf(target: Target): fc.Arbitrary<string> {
  const good = valuesOf(target).map((values) => `?${encodeForm(values).slice(0, 8_000)}`);
  const bad = fc.constantFrom(
    '?',
    '?&&&==&',
    '?%',
    '?a[=1',
    '?a[b]c=1',
    '?scope[][][]=x',
    '?per_page=-1&page=0',
    '?per_page=9223372036854775807&page=9223372036854775807',
    '?pagination=keyset&cursor=%00',
    '?sudo=%00',
    '?private_token=%00',
    '?private_token[]=a',
    '?sudo[a]=b',
    `?${'a[b]'.repeat(50)}=1`,
    `?x${'[y]'.repeat(50)}=1`,
    `?${Array.from({ length: 2_000 }, (_, at) => `p${at}`).join('&')}`,
  );
  const streams = target.body === 'stream' || target.method === 'GET' || target.method === 'DELETE';
  return fc.oneof(
    { weight: streams ? 2 : 6, arbitrary: fc.constant('') },
    { weight: streams ? 6 : 2, arbitrary: good },
    { weight: 1, arbitrary: bad },
  );
}

/** `a[]=1&b[c]=2`, as clients write hashes and lists in forms. */
function encodeForm(values: Record<string, unknown>): string {
  const pairs: string[] = [];
  const add = (name: string, value: unknown, depth: number) => {
    if (typeof value === 'object' && value !== null && depth < 12)
      for (const [key, one] of Object.entries(value).slice(0, 20))
        add(`${name}[${Array.isArray(value) ? '' : percentEncode(key)}]`, one, depth + 1);
    else pairs.push(`${name}=${percentEncode(String(value)).slice(0, 6_000)}`);
  };
  for (const [name, value] of Object.entries(values)) add(percentEncode(name), value, 0);
  return pairs.join('&');
}

interface Body {
  headers: Record<string, string>;
  body: string | null;
  encoding: AnyRequest['encoding'];
}

const typed = (type: string, body: string, encoding: Body['encoding'] = 'utf8'): Body => ({
  headers: { 'content-type': type },
  body,
  encoding,
});

function bodyOf(target: Target): fc.Arbitrary<Body> {
  const values = valuesOf(target);
  const json = values.map((hash) => typed('application/json', JSON.stringify(hash)));
  const form = values.map((hash) => typed('application/x-www-form-urlencoded', encodeForm(hash)));
  const multipart = values.map((hash) =>
    typed('multipart/form-data; boundary=edge', multipartOf(hash) + '--edge--\r\n'),
  );
  const file = fc
    .tuple(hostileText, fc.constantFrom('file', 'other'), hostileText)
    .map(([content, name, filename]) =>
      typed(
        'multipart/form-data; boundary=edge',
        `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n${content}\r\n--edge--\r\n`,
      ),
    );
  const none = fc.constant<Body>({ headers: {}, body: null, encoding: 'utf8' });
  const usual = target.body === 'stream' ? fc.oneof(file, raw, none) : fc.oneof(json, json, form, multipart);
  return fc.oneof(
    { weight: 5, arbitrary: usual },
    { weight: 1, arbitrary: raw },
    { weight: 1, arbitrary: none },
  );
}

const multipartOf = (values: Record<string, unknown>) =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(JSON.stringify(value))}\r\n`,
    )
    .join('');

/** Bodies that are not what their type says, or of no type that anybody takes. */
const raw: fc.Arbitrary<Body> = fc
  .tuple(
    fc.constantFrom(
      'application/json',
      'application/json; charset=utf-16',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'multipart/form-data; boundary=edge',
      'multipart/form-data; boundary=',
      'text/plain',
      'application/octet-stream',
      'application/xml',
      'application/x-git-upload-pack-request',
      'nonsense',
      '',
    ),
    fc.oneof(
      fc.constantFrom(
        '',
        '{',
        '{"a":',
        'null',
        '3',
        '"text"',
        '[]',
        '[[[[',
        '{"id":1e999}',
        '{"a":"\\ud800"}',
        '{"__proto__":{"admin":true}}',
        '{"token":"\\u0000"}',
        '[{"a":1}]',
        '\ufeff{}',
        '['.repeat(100_000),
        '{"a":'.repeat(50_000),
        '['.repeat(50_000) + ']'.repeat(50_000),
        '--edge\r\n\r\n',
        '--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--',
        '--edge\r\nContent-Disposition: form-data; name="a',
        `0032want ${'a'.repeat(40)}\n00000009done\n`,
        '0000',
        '0014command=ls-refs\n0000',
        'ffff',
        `00ab${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/main\0report-status\n0000`,
        '\xff\xfe\x00{',
        '\x1f\x8b\x08\x00garbage',
      ),
      fc.string({ unit: 'binary', maxLength: 200 }),
    ),
    fc.constantFrom<Body['encoding']>('utf8', 'latin1'),
  )
  .map(([type, body, encoding]) => typed(type, body, encoding));

const credentials = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constant<Record<string, string>>({
      'private-token': '__token__',
      authorization: 'Basic __basic__',
    }),
  },
  { weight: 2, arbitrary: fc.constant<Record<string, string>>({}) },
  { weight: 2, arbitrary: fc.constant<Record<string, string>>({ 'job-token': '__job_token__' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { authorization: 'Bearer ' },
      { authorization: 'Basic =' },
      { authorization: 'Basic OnA=' },
      { authorization: '\xff' },
      { 'private-token': 'glpat-none' },
      { 'private-token': '__token__', sudo: '9223372036854775808' },
      { 'private-token': '__token__', sudo: '\xff' },
      { 'job-token': `glcbt-${'x'.repeat(5_000)}` },
      { 'private-token': '__token__', 'job-token': '__job_token__' },
    ),
  },
);

const headers = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Record<string, string>>({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { range: 'bytes=0-4' },
      { range: 'bytes=9223372036854775808-' },
      { range: 'bytes=-99999999999999999999' },
      { range: 'bytes=5-1,3-' },
      { 'if-none-match': '*' },
      { 'if-range': '"' },
      { 'content-range': '0-4' },
      { 'content-range': '9007199254740991-9007199254740995' },
      { 'content-range': '-5-x' },
      { 'content-range': '' },
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br' },
      { accept: '\xff;q=nan' },
      { 'git-protocol': 'version=2' },
      { 'git-protocol': 'version=2\tx' },
      { 'x-request-id': '\xff"<' },
      { 'x-forwarded-for': '\'"' },
      { host: 'elsewhere.example:99999999' },
      { cookie: '__proto__=1' },
      { expect: '100-continue' },
      { 'if-modified-since': 'yesterday' },
    ),
  },
);
