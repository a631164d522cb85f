import { stripVTControlCharacters } from 'node:util';

/** The text without anything that would move a cursor or colour what follows. */
export const plainText = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');

const COLOUR = /(\x1b\[[0-9;]*m)/;

/** The text with its colours, and without anything else that would move a cursor. */
export const colouredText = (text: string): string =>
  text
    .split(COLOUR)
    .map((part) => (COLOUR.test(part) ? part : plainText(part)))
    .join('');

/** The same in one line, as a name is to stand. */
export const oneLine = (text: string): string => plainText(text).replaceAll('\n', ' ');
