const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'];

/** `12 bytes`, `3.4 MiB` */
export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[step]}`;
}
