import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partsOfLine, plainText, runsOf } from './line-runs.ts';
import { applySgr, PLAIN } from './sgr.ts';

const shown = (text: string) =>
  runsOf(text, PLAIN)
    .map((run) => run.text)
    .join('');

describe('a line', () => {
  test('is one run where nothing changes', () => {
    expect(runsOf('make all', PLAIN)).toEqual([{ text: 'make all', style: PLAIN }]);
    expect(runsOf('', PLAIN)).toEqual([]);
  });

  test('has the colours of 16, 256 and all that there are', () => {
    const runs = runsOf('\x1b[31mred\x1b[38;5;208morange\x1b[48;2;1;2;3mdeep\x1b[0mplain', PLAIN);
    expect(runs.map(({ text, style }) => [text, style.fg, style.bg])).toEqual([
      ['red', 1, null],
      ['orange', 208, null],
      ['deep', 208, [1, 2, 3]],
      ['plain', null, null],
    ]);
  });

  test.each([
    ['1', { bold: true }],
    ['3', { italic: true }],
    ['4', { underline: true }],
    ['4:3', { underline: true }],
    ['7', { inverse: true }],
    ['9', { strike: true }],
    ['97', { fg: 15 }],
    ['104', { bg: 12 }],
    ['38:5:99', { fg: 99 }],
    ['38:2::7:8:9', { fg: [7, 8, 9] }],
    ['38:2:7:8:9', { fg: [7, 8, 9] }],
    ['1;31;0', {}],
    ['', {}],
    ['38;5;1;4', { fg: 1, underline: true }],
    ['38;2;1;2;3;1', { fg: [1, 2, 3], bold: true }],
    ['38;5;999', {}],
    ['5;77', {}],
  ])('ESC[%sm gives it %o', (params, style) => {
    expect(applySgr(PLAIN, params)).toEqual({ ...PLAIN, ...style });
  });

  test('goes on in the style that the line before has left', () => {
    const left = applySgr(PLAIN, '1;32');
    expect(runsOf('still\x1b[22m green', left)).toEqual([
      { text: 'still', style: left },
      { text: ' green', style: applySgr(PLAIN, '32') },
    ]);
  });

  test.each([
    ['10%\r50%\r100%', '100%'],
    ['a long text\rshort', 'shortg text'],
    ['a long text\r\x1b[Kshort', 'short'],
    ['text\r\n'.slice(0, -1), 'text'],
    ['abc\b\bX', 'aXc'],
    ['ab\x1b[3Cc', 'ab   c'],
    ['abc\x1b[2DX', 'aXc'],
    ['abc\x1b[1GX', 'Xbc'],
    ['abc\x1b[2K\rX', 'X'],
    ['\x1b[0KRunning', 'Running'],
    ['ESC is \x1bM no text', 'ESC is  no text'],
    ['\x1b]8;;https://example.org\x1b\\linked\x1b]8;;\x1b\\', 'linked'],
    ['bell\x07 and nul\0', 'bell and nul'],
    ['\x1b[?25lhidden cursor', 'hidden cursor'],
    ['not the end of \x1b[K a run of m', 'not the end of  a run of m'],
  ])('%j is shown as %j', (text, expected) => {
    expect(shown(partsOfLine(text).text)).toBe(expected);
  });

  test('can move no further than a line is wide', () => {
    expect(shown('a\x1b[999999999Cb').length).toBeLessThan(5000);
    expect(shown('\x1b[999999999Gb').length).toBeLessThan(5000);
  });

  test('has the moment at which it was written apart from its text', () => {
    const line = '2026-11-26T12:43:46.962646Z 00O hello';
    expect(partsOfLine(line)).toEqual({ stamp: '2026-11-26T12:43:46.962646Z', text: 'hello' });
    expect(partsOfLine('2026-11-26T12:43:46.962646Z 01E+goes on').text).toBe('goes on');
    expect(partsOfLine('2026-11-26 is a day')).toEqual({ stamp: null, text: '2026-11-26 is a day' });
  });

  test('does not show the markers of sections', () => {
    const start = 'section_start:1700000000:build[collapsed=true]\r\x1b[0K';
    expect(shown(partsOfLine(`${start}\x1b[36mBuilding`).text)).toBe('Building');
    expect(shown(partsOfLine(`before section_end:1700000009:build\r\x1b[0K`).text)).toBe('before ');
    expect(shown(partsOfLine('section_start:never:a marker').text)).toBe('section_start:never:a marker');
  });

  test('is searched and copied as it is shown, whatever it holds', () => {
    const piece = fc.constantFrom(
      'a',
      'Z',
      'é',
      '😀',
      ' ',
      '\r',
      '\b',
      '\x1b[31m',
      '\x1b[K',
      '\x1b[2K',
      '\x1b[4C',
      '\x1b[9D',
      '\x1b[2G',
      '\x1b',
      '\x1b[',
      'm',
      '\x1b]0;t\x07',
      '\0',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const line = pieces.join('');
        const runs = runsOf(partsOfLine(line).text, PLAIN);
        expect(runs.map((run) => run.text).join('')).toBe(plainText(line));
        expect(runs.every((run) => run.text !== '' && !/[\x00-\x08\x0b-\x1f\x7f]/.test(run.text))).toBe(true);
      }),
    );
  });
});
