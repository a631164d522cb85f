import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { flagsHelp, isLoopback, reachLoopbackDirectly, readConfig, readSurroundings } from './config.ts';
import { StartError } from './errors.ts';
import { JOBYARD_VERSION } from './version.ts';

const HELP = `Jobyard ${JOBYARD_VERSION}: a CI server that speaks GitLab's API.

Usage: jobyard COMMAND [FLAGS]

Commands:
  serve                   run the server (npm start)
  run [DIR] [JOB…]        run the pipeline of a work tree here and now (jobyard run --help)
  lint [FILE]             check a .gitlab-ci.yml (jobyard lint --help)

Flags of serve, each with its environment variable:
${flagsHelp()}

JOBYARD_ROOT_TOKEN and JOBYARD_ROOT_PASSWORD are taken at the first start.`;

/** How long the server may take to stop before it is cut off: SIGTERM must end it within 10 s. */
const STOP_MS = 9500;

/** Runs one command of the command line; sets the exit code. */
export async function runCommand(argv: string[]): Promise<void> {
  const [command = 'serve', ...rest] = argv;
  if (command === 'run') await run(rest);
  else if (command === 'lint') await lint(rest);
  else if (isHelp(argv) || command === 'help') console.log(HELP);
  else if (command === '--version' || command === 'version') console.log(JOBYARD_VERSION);
  else if (command === 'serve') await orExplain(() => serve(rest));
  else
    await orExplain(async () => {
      throw new StartError(
        `${JSON.stringify(command)} is not a command: serve, run or lint. See: jobyard --help`,
      );
    });
}

const isHelp = (argv: string[]) => argv.some((word) => word === '--help' || word === '-h');

async function orExplain(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(`jobyard: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Tokens and values of variables stand among them, and everybody on this machine may list processes. */
function hideArguments(command: string): void {
  process.title = `jobyard ${command}`;
}

async function run(argv: string[]): Promise<void> {
  if (isHelp(argv)) {
    const { RUN_HELP } = await import('./local/run-flags.ts');
    console.log(RUN_HELP);
    return;
  }
  hideArguments('run');
  const { runLocally } = await import('./local/run.ts');
  const surroundings = readSurroundings();
  reachLoopbackDirectly();
  process.exitCode = await runLocally(argv, surroundings);
}

async function lint(argv: string[]): Promise<void> {
  if (isHelp(argv)) {
    const { LINT_HELP } = await import('./local/lint-flags.ts');
    console.log(LINT_HELP);
    return;
  }
  hideArguments('lint');
  const { lintLocally } = await import('./local/lint.ts');
  process.exitCode = await lintLocally(argv, readSurroundings());
}

async function serve(argv: string[]): Promise<void> {
  const config = readConfig(argv);
  const { startServer } = await import('./server.ts');
  const server = await startServer(config);
  giveBackMemory();
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (server.root) {
    console.log(`First start. Sign in as root; both are kept in ${config.data}:`);
    console.log(`  password  ${server.root.password}   (root-password)`);
    console.log(`  token     ${server.root.token}   (root-token)`);
  }
  if (config.runner) console.log(runnerNotice());
  else if (!isLoopback(config.host))
    console.log('The built-in runner is off, since others can reach this address.');
  console.log(`Jobyard is ready at ${server.url}`);
}

/**
 * What loading and building have left behind is a third of the memory of a server at rest, and V8 keeps it until there
 * is more. Collected here it holds up nobody: the server is not yet announced.
 */
function giveBackMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NonNullable<typeof globalThis.gc>;
  collect({ type: 'major', flavor: 'last-resort' });
}

function runnerNotice(): string {
  const jobs = process.getuid?.() === 0 ? 'as nobody' : 'with your own rights';
  return `The built-in runner is on: jobs of administrators' projects run on this machine, ${jobs}.`;
}
