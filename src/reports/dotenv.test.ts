import { describe, expect, test } from 'vitest';
import { parseDotenv } from './dotenv.ts';

const limits = { dotenv_size: 5120, dotenv_variables: 20 };
const parse = (text: string | Buffer) => parseDotenv(Buffer.from(text), limits);
const asObject = (text: string | Buffer) =>
  Object.fromEntries(parse(text).map(({ key, value }) => [key, value]));

describe('a dotenv report', () => {
  test.each([
    ['A=1\nB=2\n', { A: '1', B: '2' }],
    ['A=1', { A: '1' }],
    [' A = with spaces \r\nB=x=y\r\n', { A: 'with spaces', B: 'x=y' }],
    ['A="quoted"\nB=', { A: '"quoted"', B: '' }],
    ['A=1\nA=2', { A: '2' }],
    ['', {}],
    [Buffer.from('\ufeffA=ü\n', 'utf16le'), { A: 'ü' }],
    ['\ufeffA=1', { A: '1' }],
  ])('%j', (text, expected) => {
    expect(asObject(text)).toEqual(expected);
  });

  test.each([
    ['A=1\n\nB=2', 'Invalid Format: line 2 is not KEY=VALUE'],
    ['# words', 'Invalid Format: line 1 is not KEY=VALUE'],
    ['A B=1', 'the key of line 1'],
    ['=1', 'the key of line 1'],
    ['$(id)=1', 'the key of line 1'],
    [`A=${'x'.repeat(5118)}`, 'Dotenv Artifact Too Big. Maximum Allowable Size: 5120'],
    [
      Array.from({ length: 21 }, (_, index) => `K${index}=1`).join('\n'),
      'Dotenv files cannot have more than 20 variables',
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('may be one byte smaller than its limit, and have just so many variables', () => {
    expect(parse(`A=${'x'.repeat(5117)}`)).toHaveLength(1);
    expect(parse(Array.from({ length: 20 }, (_, index) => `K${index}=1`).join('\n'))).toHaveLength(20);
  });
});
