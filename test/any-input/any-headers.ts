import fc from 'fast-check';

export const credentials = fc.oneof(
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

export const headers = fc.oneof(
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
