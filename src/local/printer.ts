import { styleText } from 'node:util';
import { plainText } from './plain-text.ts';

type Style = Parameters<typeof styleText>[0];

/** Text for people: with colours where they can be seen, and without anything of a file that would move a cursor. */
export class Printer {
  readonly #colours: boolean;

  constructor(colours: boolean) {
    this.#colours = colours;
  }

  text(text: string, style?: Style): string {
    const plain = plainText(text);
    return style && this.#colours ? styleText(style, plain, { validateStream: false }) : plain;
  }
}
