/** How a file of an archive can be looked at. */
export type Kind = 'image' | 'page' | 'text';

/** By its name; whether a text is one is seen when it is there. */
export function kindOf(path: string): Kind {
  if (/\.(?:avif|bmp|gif|ico|jpe?g|png|webp)$/i.test(path)) return 'image';
  return /\.html?$/i.test(path) ? 'page' : 'text';
}

/** Bytes in which a NUL says that a file is no text. */
const LOOKED_AT = 8192;
export const isBinary = (bytes: Uint8Array) => bytes.subarray(0, LOOKED_AT).includes(0);
