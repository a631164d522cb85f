import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/** An object of a reply: it names every field, and no other passes. */
export const entity = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A moment as replies write it: `2015-12-24T15:51:21.802Z`. */
export const Moment = Type.String({ format: 'date-time' });

/** Milliseconds since 1970 as a Moment. */
export const iso = (time: number) => new Date(time).toISOString();

/** As iso; null stays null. */
export const isoOrNull = (time: number | null) => (time === null ? null : iso(time));

/** `{"message": "…"}` */
export const Message = entity({ message: Type.String() });
export type Message = Static<typeof Message>;
