import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

const PLACES = ['/usr/lib', '/usr/lib64', '/usr/local/lib'];

/** Where a distribution puts libfaketime, or null where there is none. */
export function libfaketime(): string | null {
  for (const place of PLACES.filter((each) => existsSync(each)))
    for (const folder of [place, ...readdirSync(place).map((name) => join(place, name))]) {
      const library = join(folder, 'faketime', 'libfaketimeMT.so.1');
      if (existsSync(library)) return library;
    }
  return null;
}

/** A clock for a process of its own that can be set while it runs; time itself passes as it does. */
export function falseClock(library: string) {
  const folder = temporaryFolder();
  const file = join(folder, 'clock');
  const set = (seconds: number) => {
    // Written aside: a process that reads it half written would see another time.
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      // What files say of their age is what the clock showed.
      NO_FAKE_STAT: '1',
    },
    /** So many seconds from ours. */
    set,
  };
}
