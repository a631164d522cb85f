import fc from 'fast-check';
import { encodeForm, valuesOf } from './any-parameters.ts';
import type { AnyRequest } from './any-request.ts';
import { hostileText } from './hostile-values.ts';
import type { Target } from './target.ts';

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

/** The parameters in every form that bodies have, and what is none of these. */
export function bodyOf(target: Target): fc.Arbitrary<Body> {
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
