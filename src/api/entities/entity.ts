import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/** An object of a reply: it names every field, and no other passes. */
export const entity = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A moment as replies write it: `2015-12-24T15:51:21.802Z`. */
export const Moment = Type.String({ format: 'date-time' });

const DAY = 24 * 3_600_000;
const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const three = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'));
let lastDay = Number.NaN;
let lastDate = '';

/** Milliseconds since 1970 as a Moment. Dates cost the most of it, and the moments of a page are of few days. */
export function iso(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== lastDay) {
    lastDate = new Date(day * DAY).toISOString().slice(0, 11);
    lastDay = day;
  }
  const ms = time - day * DAY;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor(ms / 1000) % 60;
  return `${lastDate}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds]}.${three[ms % 1000]}Z`;
}

/** As iso; null stays null. */
export const isoOrNull = (time: number | null) => (time === null ? null : iso(time));

/** `{"message": "…"}` */
export const Message = entity({ message: Type.String() });
export type Message = Static<typeof Message>;

/**
 * The text as JSON. What needs no escape, and that is nearly all that is short, is told faster by looking at it
 * than by asking JSON.stringify.
 */
export function quoted(text: string | null): string {
  if (text === null) return 'null';
  if (text.length > SHORT) return JSON.stringify(text);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return JSON.stringify(text);
  }
  return `"${text}"`;
}

const SHORT = 100;
const [SPACE, TILDE, QUOTE, BACKSLASH] = [0x20, 0x7e, 0x22, 0x5c];
