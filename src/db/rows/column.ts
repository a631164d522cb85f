/**
 * The rows as both databases store them: ids and times are integers (times in milliseconds since
 * 1970), booleans are 0 | 1, JSON is text. A column has the name that the API gives the field.
 */
export type Bit = 0 | 1;
/** Milliseconds since 1970-01-01 UTC. */
export type Time = number;
/** JSON, serialised. The word behind it says of what. */
export type Json = string;
