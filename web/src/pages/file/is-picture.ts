/** Of which names the server says that they are pictures; others it shows as text or not at all. */
export const isPicture = (path: string): boolean => /\.(avif|bmp|gif|ico|jpe?g|png|webp)$/i.test(path);
