/** The folder of an archive that `publish` means, without a slash at its end; empty: all of the archive. */
export const siteFolder = (publish: string): string =>
  publish
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
