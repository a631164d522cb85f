/** A name that every careless quoting stumbles over. */
export const QUOTED = 'a "quoted"\nname.txt';

/** Files of an archive that clients, browsers and paths take for something else. */
export const FILES = {
  'top.txt': 'top\n',
  'dist/app.js': 'alert(1)',
  'dist/index.html': '<script>alert(1)</script>',
  'dist/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
  'dist/pixel.PNG': Buffer.from([137, 80, 78, 71]),
  'dist/deep/er/data.bin': Buffer.from([0, 1, 2, 255]),
  'dist/report.json': '{}',
  'with space/ü%.txt': 'odd',
  'tree/kept.txt': 'below a folder of that name',
  [QUOTED]: 'quoted',
};
