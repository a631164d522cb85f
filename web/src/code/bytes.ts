/** What a reader would not want on a page: a NUL byte, or bytes that are no UTF-8. */
export function isText(bytes: Uint8Array): boolean {
  if (bytes.subarray(0, 8000).includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export const textOfBytes = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The lines of a text; a last line feed begins no line of its own. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

/** `512 B`, `1.5 KiB`, `20 MiB`. */
export function sizeText(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
