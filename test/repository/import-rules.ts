import type { Import, Module } from './modules.ts';

/** The concepts from the lowest to the highest. */
const concepts = [
  'work',
  'events',
  'access',
  'projects',
  'git',
  'releases',
  'variables',
  'id-tokens',
  'runners',
  'blobs',
  'storage',
  'traces',
  'artifacts',
  'reports',
  'environments',
  'jobs',
  'pipelines',
  'triggers',
  'schedules',
  'hooks',
  'retention',
];
const edges = ['api', 'runner-api', 'git-http', 'web-host'];

/** Every place of src/, the lowest first: a module may import from its own place and from lower ones. */
const ranks = [
  ['errors.ts', 'limits.ts', 'version.ts'],
  ['ci'],
  ['threads'],
  ['outbound'],
  ['db'],
  ...concepts.map((concept) => [concept]),
  ['http'],
  ['parts.ts'],
  edges,
  ['config.ts'],
  ['first-start.ts', 'built-in-runner.ts'],
  ['open-parts.ts'],
  ['server.ts'],
  ['local'],
  ['command-line.ts'],
  ['main.js'],
];

/** The folder below src/, or the file's own name when it lies directly in src/. */
const place = (path: string) => path.split('/')[1] ?? '';
const rank = (path: string) => ranks.findIndex((names) => names.includes(place(path)));
const inSource = (path: string) => path.startsWith('src/');
const isTest = (path: string) => path.endsWith('.test.ts');

function report(module: Module, allowed: (wanted: Import) => boolean, why: string): string[] {
  return module.imports
    .filter((wanted) => !allowed(wanted))
    .map(({ target }) => `${module.path} imports ${target}: ${why}`);
}

/** main → server → edges → http → concepts → db → threads → ci; what is new needs a place in that order first. */
export function importsGoOneWay(module: Module): string[] {
  if (!inSource(module.path) || isTest(module.path)) return [];
  if (rank(module.path) < 0) return [`${module.path} has no place in the order of imports`];
  const lower = ({ target, typeOnly }: Import) =>
    !inSource(target) ||
    place(target) === place(module.path) ||
    rank(target) < rank(module.path) ||
    // The edges may name its types; they are handed the values.
    (target === 'src/config.ts' && typeOnly);
  return report(module, lower, 'imports go main → server → edges → http → concepts → db → threads');
}

/** A noun's states; `set-user-state.ts` is a verb, and writes. */
const isDecider = /\/(?!set-|change-)[a-z-]+-(state|status)\.ts$/;

/** Rules that decide by value alone: no database, no HTTP, no clock comes in through an import. */
export function decidersArePure(module: Module): string[] {
  const compiler = module.path.startsWith('src/ci/');
  if (isTest(module.path) || !(compiler || isDecider.test(module.path))) return [];
  const pure = ({ target, typeOnly, names }: Import) =>
    typeOnly ||
    target === 'src/errors.ts' ||
    // The same text has the same digest anywhere.
    (target === 'node:crypto' && names === '{ createHash }') ||
    // Nothing else ends a regular expression that goes back for ever.
    (target === 'node:vm' && module.path === 'src/ci/path-regexp.ts') ||
    (compiler && (target.startsWith('src/ci/') || !/^(src\/|node:)/.test(target)));
  return report(module, pure, 'it may import only types and errors.ts');
}

/** busboy shares the scope's name, and parses multipart bodies for anyone. */
const isNotFastify = ({ target }: Import) =>
  target === '@fastify/busboy' || !/^(fastify|@fastify\/.*)$/.test(target);

export function onlyEdgesKnowFastify(module: Module): string[] {
  const mayKnow =
    module.path === 'src/server.ts' || ['http', ...edges].includes(place(module.path)) || isTest(module.path);
  if (!inSource(module.path) || mayKnow) return [];
  return report(module, isNotFastify, 'only the edges, http/ and server.ts know fastify');
}

/** The built-in runner speaks HTTP like any other, and neither program leans on its tests. */
export function programsStandAlone(module: Module): string[] {
  const program = /^(src|runner)\//.exec(module.path)?.[1];
  if (!program || isTest(module.path)) return [];
  const own = ({ target, started }: Import) =>
    !/^(src|runner|test|bench)\//.test(target) ||
    target.startsWith(`${program}/`) ||
    // The server starts the runner as a process; that is no import.
    (started && module.path === 'src/built-in-runner.ts');
  return report(module, own, `${program}/ imports nothing from another program`);
}
