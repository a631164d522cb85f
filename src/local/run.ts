import { relative } from 'node:path';
import type { PlannedJob } from '../ci/plan.ts';
import type { Surroundings } from '../config.ts';
import { StartError } from '../errors.ts';
import { createPipeline, draftPipelineOf } from '../pipelines/create-pipeline.ts';
import { engineEnvironment, findEngine } from './find-engine.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { Results } from './keep-results.ts';
import { liveView } from './live-view.ts';
import { compileLocally } from './local-plan.ts';
import { isCalled } from './pick-jobs.ts';
import { asOnServer, pipelineRequest } from './pipeline-request.ts';
import { plainView } from './plain-view.ts';
import { type PrivateServer, startPrivateServer } from './private-server.ts';
import { hostNotice, listText, outcomeJson, refusalText, summaryText } from './report-run.ts';
import { openRunFolder } from './run-folder.ts';
import { readRunFlags, type RunFlags } from './run-flags.ts';
import { takeSnapshot } from './snapshot.ts';
import type { View } from './view.ts';
import { isSettled, type WatchedJob } from './watched-job.ts';
import { type Outcome, watchPipeline } from './watch-pipeline.ts';
import { openWorkTree } from './work-tree.ts';

const SUCCEEDED = 0;
const FAILED = 1;
const NOT_BEGUN = 2;

/**
 * `jobyard run`: the pipeline of a work tree, on this machine. Answers the exit code.
 * Nothing is left but the work tree's `.jobyard`.
 */
export async function runLocally(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const interrupt = listenForInterrupt();
  try {
    const flags = readRunFlags(argv, surroundings.here, surroundings.environment);
    return await run(flags, surroundings, interrupt);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`jobyard: ${error.message}\n`);
    return interrupt.code() || NOT_BEGUN;
  } finally {
    interrupt.close();
  }
}

async function run(flags: RunFlags, around: Surroundings, interrupt: Interrupt): Promise<number> {
  const { environment, here } = around;
  const tree = await openWorkTree(flags.folder, environment);
  const engine = await findEngine(flags.engine, environment);
  const folder = openRunFolder(tree.root);
  const view = openView(flags, around);
  const jobs: PlannedJob[] = [];
  let isWarned = false;
  let refusal = '';
  const planned = (here_: readonly PlannedJob[], elsewhere: readonly PlannedJob[]) => {
    jobs.push(...here_, ...(flags.list ? elsewhere : []));
    if (flags.list) return;
    for (const { name, trigger } of elsewhere)
      view.note(
        `WARNING: ${name} is left out: pipelines of other projects (${trigger?.project}) are not begun from here`,
      );
    const notice = engine.program === null && !isWarned ? hostNotice(here_, engine.because) : null;
    if (notice !== null) view.note(notice);
    isWarned ||= notice !== null;
  };
  let isClosed = false;
  let server: PrivateServer | null = null;
  try {
    server = await startPrivateServer(tree, {
      folder,
      concurrency: flags.concurrency,
      runner: !flags.list,
      own_jobs: {
        builds: folder.builds,
        state: folder.state,
        search_path: environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
        engine: engine.program,
        environment: engineEnvironment(environment),
      },
      compileWith: compileLocally({
        wanted: flags.jobs,
        manual: flags.manual,
        asThere: (input) => asOnServer(input, {}),
        planned,
        refused: (result) => (refusal = refusalText(result)),
      }),
    });
    const ref = flags.ref ?? { name: tree.branch, tag: false };
    const snapshot = await takeSnapshot(tree, server.repository, ref);
    const request = await pipelineRequest(server, tree, flags, ref, snapshot);
    const { db, repositories, pipelineSettings } = server.server.parts;
    if (interrupt.canceled.aborted) return interrupt.code();
    if (flags.list) {
      await draftPipelineOf(db, repositories, pipelineSettings(), request, Date.now());
      if (refusal) throw new StartError(refusal);
      process.stdout.write(listText(jobs, flags.json));
      return SUCCEEDED;
    }
    for (const path of snapshot.submodules)
      view.note(
        `${path} is a submodule: jobs have its commit, and fetch it from its address if they ask for it`,
      );
    const made = await createPipeline(db, repositories, pipelineSettings(), request, Date.now());
    if (made.outcome === 'refused') throw new StartError(refusal || made.messages.join('\n'));
    const state = snapshot.changed ? ' with what is not committed' : '';
    view.note(
      `Pipeline of ${ref.name} at ${(tree.repository?.head ?? snapshot.sha).slice(0, 8)}${state}: ${jobs.length} jobs`,
    );
    const results = new Results(server.api, server.project.id, folder);
    const outcome = await watch(server, made.pipeline.id, { flags, view, results, interrupt, here });
    if (outcome === null) return interrupt.code();
    const code = interrupt.code() || exitCode(outcome, flags);
    view.close();
    isClosed = true;
    if (flags.json)
      process.stdout.write(
        outcomeJson(outcome, results, { exit_code: code, ref: ref.name, sha: snapshot.sha }),
      );
    else process.stdout.write(`${summaryText(outcome, results, here)}\n`);
    return code;
  } finally {
    if (!isClosed) view.close();
    await server?.server.close();
    folder.close();
  }
}

/** A terminal has the live view, unless a CI server calls; JSON has the standard output for itself. */
function openView({ json, list }: RunFlags, { ci }: Surroundings): View {
  const stream = json ? process.stderr : process.stdout;
  return stream.isTTY && !ci && !list ? liveView(stream) : plainView((text) => stream.write(text));
}

interface Watching {
  flags: RunFlags;
  view: View;
  results: Results;
  interrupt: Interrupt;
  here: string;
}

/** Watches the pipeline to its end, starts what was named, and cancels it when asked to. Null: somebody would not wait for its end. */
async function watch(
  { api, project }: PrivateServer,
  pipeline: number,
  { flags, view, results, interrupt, here }: Watching,
): Promise<Outcome | null> {
  const named = [...flags.jobs, ...flags.manual];
  const played = new Set<number>();
  let hasPlayed = false;
  const isDue = ({ id, name, status }: WatchedJob) =>
    (status === 'manual' || status === 'scheduled') &&
    !interrupt.canceled.aborted &&
    !played.has(id) &&
    named.some((wanted) => isCalled(name, wanted));
  const cancel = () => {
    view.note('Canceling: what each job does afterwards still runs. Ctrl-C once more ends all at once.');
    api.post(`/projects/${project.id}/pipelines/${pipeline}/cancel`).catch((error: unknown) => {
      view.note(`The pipeline could not be canceled: ${String(error)}`);
    });
  };
  if (interrupt.canceled.aborted) cancel();
  else interrupt.canceled.addEventListener('abort', cancel, { once: true });
  const watched = watchPipeline(
    api,
    project.id,
    pipeline,
    {
      said: (job, lines) => view.said(job, lines),
      looked: (all) => view.looked(all),
      async changed(job) {
        const { log } = isSettled(job.status) ? await results.keep(job) : { log: null };
        if (isDue(job)) {
          played.add(job.id);
          hasPlayed = true;
          await api.post(`/projects/${project.id}/jobs/${job.id}/play`);
        } else view.changed(job, log === null ? null : relative(here, log));
      },
    },
    // What was started just now is not yet seen to move.
    () => {
      const goesOn = hasPlayed;
      hasPlayed = false;
      return goesOn;
    },
  );
  const ended = new Promise<null>((resolve) => {
    interrupt.ended.addEventListener('abort', () => resolve(null), { once: true });
  });
  // What is under way when nobody waits any more fails with its server.
  watched.catch(() => {});
  return await Promise.race([watched, ended]);
}

/** A job that was named must succeed, though its pipeline would let it fail. */
function exitCode({ status, jobs }: Outcome, { jobs: wanted, manual }: RunFlags): number {
  const latest = jobs.filter(({ retried }) => !retried);
  const isNamed = ({ name }: WatchedJob) => [...wanted, ...manual].some((each) => isCalled(name, each));
  const isWrong = latest.some(
    (job) =>
      (job.status === 'failed' && isNamed(job)) ||
      // A child that nobody waits for.
      (job.status === 'success' && job.downstream?.status === 'failed'),
  );
  return isWrong || status === 'failed' || status === 'canceled' ? FAILED : SUCCEEDED;
}
