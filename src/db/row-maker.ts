/** Makes an object of a row's values, which stand in the order of its columns. */
export type RowMaker = (values: readonly unknown[]) => object;

/**
 * Straight-line code that makes such objects, all of one shape. What the drivers themselves make has no fixed shape:
 * to make and to read it costs three times as much. `room`: fields that each has besides, null, for what is read
 * later. `read`, by column: what a value becomes that is not null; undefined: it stays.
 */
export function rowMaker(
  names: readonly string[],
  room: readonly string[],
  read: readonly (((value: string) => unknown) | undefined)[] = [],
): RowMaker {
  const fields = names.map((name, index) => {
    const value = `values[${index}]`;
    return `${JSON.stringify(name)}: ${read[index] ? `${value} === null ? null : read[${index}](${value})` : value}`;
  });
  fields.push(...room.map((name) => `${JSON.stringify(name)}: null`));
  return new Function('read', `return (values) => ({ ${fields.join(', ')} })`)(read) as RowMaker;
}
