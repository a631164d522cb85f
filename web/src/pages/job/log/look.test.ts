import { expect, test } from 'vitest';
import { lookOf } from './look.ts';
import { applySgr, PLAIN } from './sgr.ts';

const look = (params: string) => lookOf(applySgr(PLAIN, params));
/** Its classes, by the names that they have in the module. */
const classes = (params: string) =>
  look(params)
    .className?.split(' ')
    .map((each) => each.replace(/^_(.+)_[^_]+$/, '$1'))
    .toSorted();
/** The colour of a text, as the theme is asked to keep it readable. */
const ink = (params: string) => (look(params).style as Record<string, string> | undefined)?.['--ink'];

test.each([
  [16, '0 0 0'],
  [17, '0 0 95'],
  [22, '0 95 0'],
  [52, '95 0 0'],
  [67, '95 135 175'],
  [110, '135 175 215'],
  [196, '255 0 0'],
  [46, '0 255 0'],
  [21, '0 0 255'],
  [231, '255 255 255'],
  [232, '8 8 8'],
  [244, '128 128 128'],
  [255, '238 238 238'],
])('colour %i of the 256 is what a terminal makes of it: %s', (number, rgb) => {
  expect(ink(`38;5;${number}`)).toBe(`rgb(${rgb})`);
  expect(look(`48;5;${number}`).style?.background).toBe(`rgb(${rgb})`);
});

test('a true colour is drawn as it is', () => {
  expect(ink('38;2;1;20;255')).toBe('rgb(1 20 255)');
  expect(ink('38:2::1:20:255')).toBe('rgb(1 20 255)');
  expect(look('48;2;1;20;255').style?.background).toBe('rgb(1 20 255)');
});

test('the sixteen have names of the theme as text, however they are asked for', () => {
  expect(classes('31')).toEqual(['fg1']);
  expect(look('31').style).toBeUndefined();
  expect(classes('38;5;1')).toEqual(['fg1']);
  expect(classes('97')).toEqual(['fg15']);
  expect(classes('1;4;31')).toEqual(['bold', 'fg1', 'underline']);
});

test('text on a ground is black or white, whichever can be read, unless it has a colour of its own', () => {
  expect(look('48;5;226').style?.color).toBe('rgb(0 0 0)');
  expect(look('48;5;19').style?.color).toBe('rgb(255 255 255)');
  expect(look('48;2;118;118;118').style?.color).toBe('rgb(0 0 0)');
  expect(look('48;2;116;116;116').style?.color).toBe('rgb(255 255 255)');
  expect(look('38;5;196;48;5;226').style).toEqual({ background: 'rgb(255 255 0)', color: 'rgb(255 0 0)' });
});

test('inverse changes text and ground for each other', () => {
  expect(look('7;38;5;196').style).toEqual(look('48;5;196').style);
  expect(classes('7;48;5;196')).toEqual(['inverse']);
  expect(look('7;48;5;196').style).toEqual({ color: 'rgb(255 0 0)' });
  expect(classes('7')).toEqual(['inverse']);
});

test('what has no style has no look', () => {
  expect(look('0')).toEqual({});
});
