import type { Surroundings } from '../config.ts';
import { StartError } from '../errors.ts';
import { createPipeline, draftPipelineOf } from '../pipelines/create-pipeline.ts';
import { ApiClient, ApiRefusal } from './api-client.ts';
import { engineEnvironment, findEngine } from './find-engine.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { Results } from './keep-results.ts';
import { liveView } from './live-view.ts';
import { asOnServer, pipelineRequest } from './pipeline-request.ts';
import { plainText } from './plain-text.ts';
import { plainView } from './plain-view.ts';
import { type PrivateServer, startPrivateServer } from './private-server.ts';
import { failureJson, listText, outcomeJson, summaryText } from './report-run.ts';
import { openPassingFolder, openRunFolder, type RunFolder } from './run-folder.ts';
import { readRunFlags, type RunFlags } from './run-flags.ts';
import { RunPlan } from './run-plan.ts';
import { copyFromServer, giveCopy } from './server-copy.ts';
import { takeSnapshot } from './snapshot.ts';
import type { View } from './view.ts';
import { exitCode, watchRun } from './watch-run.ts';
import { openWorkTree } from './work-tree.ts';

const NOT_BEGUN = 2;
/** A list runs nothing. */
const NO_ENGINE = { program: null, because: '' } as const;

/**
 * `jobyard run`: the pipeline of a work tree, on this machine. Answers the exit code.
 * Nothing is left but the work tree's `.jobyard`, and of a list nothing at all.
 */
export async function runLocally(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const interrupt = listenForInterrupt();
  // Whoever reads on no longer, or closes the terminal, has the run go on to its end all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    const flags = readRunFlags(argv, surroundings.here, surroundings.environment);
    return await run(flags, surroundings, interrupt);
  } catch (error) {
    const exit_code = interrupt.code() || NOT_BEGUN;
    const message = messageOf(error, interrupt);
    process.stderr.write(`jobyard: ${plainText(message)}\n`);
    if (argv.includes('--json')) process.stdout.write(failureJson(exit_code, message));
    return exit_code;
  } finally {
    interrupt.close();
  }
}

/** Of what ended a run before there was an end to tell of. @throws what only a mistake of ours can be */
function messageOf(error: unknown, { canceled }: Interrupt): string {
  const isKnown =
    error instanceof StartError ||
    error instanceof ApiRefusal ||
    // A disk is full, say.
    (error instanceof Error && ('syscall' in error || 'errcode' in error || error.name === 'AbortError'));
  if (!isKnown) throw error;
  return canceled.aborted ? 'canceled' : error.message;
}

async function run(flags: RunFlags, around: Surroundings, interrupt: Interrupt): Promise<number> {
  const { environment, here } = around;
  const [opened, engine] = await Promise.all([
    openWorkTree(flags.folder, environment),
    flags.list ? NO_ENGINE : findEngine(flags.engine, environment),
  ]);
  const there = flags.server && new ApiClient(flags.server.url, flags.server.token, interrupt.canceled);
  const copied = there && (await copyFromServer(there, opened.project));
  const tree = {
    ...opened,
    git: { ...opened.git, signal: interrupt.canceled },
    default_branch: copied?.default_branch ?? opened.default_branch,
  };
  const folder = flags.list ? openPassingFolder() : openRunFolder(tree.root);
  const view = openView(flags, around);
  const plan = new RunPlan(flags, view, engine);
  let server: PrivateServer | null = null;
  try {
    const own_jobs = {
      builds: folder.builds,
      state: folder.state,
      search_path: environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      engine: engine.program,
      environment: engineEnvironment(environment),
    };
    const { concurrency, list } = flags;
    const compileWith = plan.compileWith((input) => asOnServer(input, copied?.predefined ?? {}, there));
    const options = { folder, concurrency, runner: !list, own_jobs, compileWith };
    server = await startPrivateServer(tree, options, copied?.settings);
    if (copied)
      for (const note of await giveCopy(server.api, server.project.id, copied)) plan.note(`WARNING: ${note}`);
    const ref = flags.ref ?? { name: tree.branch, tag: false };
    const snapshot = await takeSnapshot(tree, server.repository, ref);
    const request = await pipelineRequest(server, tree, flags, ref, snapshot);
    const { db, repositories, pipelineSettings } = server.server.parts;
    if (interrupt.canceled.aborted) throw new StartError('canceled');
    if (list) {
      await draftPipelineOf(db, repositories, pipelineSettings(), request, Date.now());
      plan.check();
      process.stdout.write(listText(plan.jobs, flags.json));
      return 0;
    }
    const made = await createPipeline(db, repositories, pipelineSettings(), request, Date.now());
    plan.check();
    if (made.outcome === 'refused') throw new StartError(made.messages.join('\n'));
    plan.begin(tree, ref.name, snapshot);
    const results = new Results(server.api, server.project.id, folder);
    const watching = { flags, view, results, interrupt, here };
    const outcome = await watchRun(server, made.pipeline.id, watching);
    if (outcome === null) throw new StartError('ended at once');
    const code = interrupt.code() || exitCode(outcome, flags);
    view.close();
    const more = { exit_code: code, ref: ref.name, sha: snapshot.sha };
    process.stdout.write(
      flags.json ? outcomeJson(outcome, results, more) : `${summaryText(outcome, results, here)}\n`,
    );
    return code;
  } finally {
    view.close();
    await server?.server.close();
    close(folder);
  }
}

/** What cannot be removed changes nothing of how the run has ended. */
function close(folder: RunFolder): void {
  try {
    folder.close();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`WARNING: ${error.message}\n`);
  }
}

/** A terminal has the live view, unless a CI server calls; JSON has the standard output for itself. */
function openView({ json, list }: RunFlags, { ci }: Surroundings): View {
  const stream = json ? process.stderr : process.stdout;
  return stream.isTTY && !ci && !list ? liveView(stream) : plainView((text) => stream.write(text));
}
