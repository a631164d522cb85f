import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program that is called as podman would be, notes how, and does as little as will do: what is run in a container it
 * runs on this machine, with the environment of the file that it is given and nothing else.
 */
const PROGRAM = `#!${process.execPath}
const { spawn } = require('node:child_process');
const { appendFileSync, readFileSync, existsSync, writeFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const folder = __dirname;
const args = process.argv.slice(2);
const note = (more) => appendFileSync(join(folder, 'calls'), JSON.stringify({ args, ...more }) + '\\n');
const option = (name) => args.find((arg) => arg.startsWith('--' + name + '='))?.slice(name.length + 3);
const [verb, what] = args;
if (verb === 'info') process.exit(existsSync(join(folder, 'silent')) ? 1 : 0);
if (verb === 'image') { note(); process.exit(existsSync(join(folder, 'image ' + args.at(-1).replaceAll('/', '_'))) ? 0 : 1); }
if (verb === 'pull') {
  note();
  if (args.at(-1).includes('nowhere')) { console.error('no such image'); process.exit(125); }
  writeFileSync(join(folder, 'image ' + args.at(-1).replaceAll('/', '_')), '');
  process.exit(0);
}
if (verb === 'ps' || (verb === 'network' && what === 'ls')) {
  const list = join(folder, verb + args.find((arg) => arg.startsWith('--filter=')).slice('--filter=label='.length));
  if (existsSync(list)) process.stdout.write(readFileSync(list));
  note();
  process.exit(0);
}
if (verb === 'rm' || (verb === 'network' && what === 'rm')) { note(); process.exit(0); }
const environment = option('env-file') ? readFileSync(option('env-file'), 'utf8') : '';
note({ environment });
const label = option('label');
if (verb === 'network') appendFileSync(join(folder, 'network' + label), args.at(-1) + '\\n');
if (args.includes('--detach')) appendFileSync(join(folder, 'ps' + label), 'service' + process.pid + '\\n');
if (args.includes('--interactive')) {
  appendFileSync(join(folder, 'ps' + label), 'job' + process.pid + '\\n');
  const env = Object.fromEntries(environment.split('\\n').filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const command = args.slice(args.lastIndexOf('sh'));
  const child = spawn(command[0], command.slice(1), { env: { PATH: '/usr/bin:/bin', ...env, IN_CONTAINER: 'yes' }, cwd: option('workdir'), stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal ? 143 : code));
}
`;

/** A call of the stand-in. */
export interface EngineCall {
  args: string[];
  /** What the container's environment was to be, as the file has it. */
  environment?: string;
}

export interface StandIn {
  /** The folder of the program, for the PATH. */
  folder: string;
  /** Until now, but for those that ask how it is. */
  calls(): EngineCall[];
  /** From now on it is installed, but nothing answers. */
  silence(): void;
}

/** Puts a stand-in for podman into a folder of its own below `parent`. */
export function standInEngine(parent: string): StandIn {
  const folder = join(parent, 'engine');
  mkdirSync(folder);
  writeFileSync(join(folder, 'podman'), PROGRAM);
  chmodSync(join(folder, 'podman'), 0o755);
  const calls = join(folder, 'calls');
  return {
    folder,
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as EngineCall)
        : [],
    silence: () => writeFileSync(join(folder, 'silent'), ''),
  };
}
