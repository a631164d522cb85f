import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/** An object of a reply: it names every field, and no other passes. */
export const entity = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A moment as replies write it: `2015-12-24T15:51:21.802Z`. */
export const Moment = Type.String({ format: 'date-time' });

const DAY = 24 * 3_600_000;
const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
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
  const fraction = String(ms % 1000).padStart(3, '0');
  return `${lastDate}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds]}.${fraction}Z`;
}

/** As iso; null stays null. */
export const isoOrNull = (time: number | null) => (time === null ? null : iso(time));

/** `{"message": "…"}` */
export const Message = entity({ message: Type.String() });
export type Message = Static<typeof Message>;
