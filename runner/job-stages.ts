import { downloadArtifacts } from './artifacts-download.ts';
import { dueArtifacts, uploadArtifact } from './artifacts-upload.ts';
import { cleanUpScript, makeSlot, prepareScript } from './build-folder.ts';
import type { Engine } from './engine.ts';
import { JobFailure } from './failure.ts';
import { gitAccess } from './git-access.ts';
import { JobContainer } from './job-container.ts';
import type { JobControl } from './job-control.ts';
import { PLAIN_PATH } from './job-environment.ts';
import type { Step } from './job-payload.ts';
import { asFailure, attempt, commandsOf, environment, type JobRun, shell, stopIfEnded } from './job-run.ts';
import { makeRelease } from './release.ts';
import { quote, strictScript } from './script.ts';
import { sourcesAttempts, sourcesScript, sourcesStrategy } from './sources.ts';
import { duration, isTrue } from './variables.ts';
import { onAbort } from './wait.ts';

const AFTER_SCRIPT_TIMEOUT = 5 * 60_000;
const CLEAN_UP_TIMEOUT = 60_000;
/** Greatest delay that a timer takes, in milliseconds. */
export const MAX_DELAY = 2 ** 31 - 1;

/**
 * Runs the stages of a job in their order and returns why it failed, or undefined when it did not. Until the
 * script begins, a failure ends the job; afterwards after_script, cache and artifacts still have their turn,
 * and the first failure is the job's.
 */
export async function runStages(run: JobRun): Promise<JobFailure | undefined> {
  const { control } = run;
  try {
    await prepare(run);
    await getSources(run);
    await restoreCache(run);
    await getDependencies(run);
    await prepareContainer(run);
  } catch (error) {
    return asFailure(error);
  }
  let failure = await attempt(() => runSteps(run));
  const afterwards = await attempt(() => runAfterScript(run, failure));
  failure ??= afterwards;
  await run.container?.giveBack();
  if (!control.job.aborted) await keepCache(run, !failure && !control.ending);
  if (!control.job.aborted) {
    const upload = await attempt(() => uploadArtifacts(run, !failure && !control.ending));
    failure ??= upload;
  }
  return failure;
}

/** Removes what must not outlive the job: its variables' files, its home, its access to git. */
export async function cleanUp(run: JobRun): Promise<void> {
  const limit = run.control.ending === 'interrupted' ? 1000 : CLEAN_UP_TIMEOUT;
  const end = AbortSignal.timeout(limit);
  const script = cleanUpScript(run.place.folder);
  await run.output.section('cleanup_file_variables', 'Cleaning up', () =>
    shell(run, script, { env: PLAIN_ENV, signals: { stop: end, kill: end, grace: 0 } }),
  );
}

const PLAIN_ENV = { PATH: PLAIN_PATH, HOME: '/', LANG: 'C.UTF-8' };

async function prepare(run: JobRun): Promise<void> {
  const { job, place, variables, output } = run;
  await output.section('prepare_executor', 'Preparing the build folder', async () => {
    await makeSlot(place.folder, run.user);
    const access = gitAccess(job.git_info.repo_url, place.folder);
    const script = prepareScript(place.folder, variables.files, access);
    await must(run, 'the build folder could not be prepared', shell(run, script, { env: PLAIN_ENV }));
    output.line(`Working in ${place.folder.project}`);
  });
}

async function getSources(run: JobRun): Promise<void> {
  const { job, place, variables, output, control } = run;
  const strategy = sourcesStrategy(job, variables.values);
  const script = sourcesScript(job, strategy, variables.values, place.folder);
  await output.section('get_sources', 'Getting the sources', async () => {
    await runHook(run, 'pre_get_sources_script');
    for (let left = sourcesAttempts(variables.values); ; left -= 1) {
      const code = await shell(run, script, {});
      if (code === 0) break;
      stopIfEnded(control);
      if (left === 1)
        throw new JobFailure(`the sources could not be had: exit code ${code}`, 'runner_system_failure');
      output.warning('The sources could not be had, trying again');
    }
    await runHook(run, 'post_get_sources_script');
  });
}

async function runHook(run: JobRun, name: string): Promise<void> {
  const hook = run.job.hooks.find((each) => each.name === name);
  if (!hook || hook.script.length === 0) return;
  const code = await shell(run, commandsOf(run, hook.script), {});
  stopIfEnded(run.control);
  if (code !== 0) throw new JobFailure(`${name}: exit code ${code}`, 'script_failure', code);
}

async function restoreCache({ job, cache, output, control }: JobRun): Promise<void> {
  if (job.cache.length === 0) return;
  await output.section('restore_cache', 'Restoring the cache', async () => {
    for (const entry of job.cache) {
      await cache.pull(entry);
      stopIfEnded(control);
    }
  });
}

async function getDependencies({ job, client, files, output, control }: JobRun): Promise<void> {
  const wanted = job.dependencies.filter(({ artifacts_file }) => artifacts_file.filename !== '');
  if (wanted.length === 0) return;
  await output.section('download_artifacts', 'Downloading artifacts', async () => {
    for (const dependency of wanted) {
      await downloadArtifacts(dependency, client, files, output, control.script);
      stopIfEnded(control);
    }
  });
}

/** The containers of a job with an image, where there is an engine; the mark is that of all that belongs to the job. */
export function containerOf(run: JobRun, engine: Engine | undefined, mark: string): JobContainer | undefined {
  const { job, place, variables, output, control } = run;
  if (!engine || !job.image) return undefined;
  return new JobContainer({
    engine,
    job,
    image: job.image,
    folder: place.folder,
    variables,
    mark,
    output,
    signal: control.script,
    async writeFile(path, content) {
      const script = strictScript(['umask 077', `printf %s ${quote(content)} > ${quote(path)}`]);
      await must(
        run,
        'a file of the containers could not be written',
        shell(run, script, { env: PLAIN_ENV }),
      );
    },
  });
}

async function prepareContainer(run: JobRun): Promise<void> {
  const { container, output, job, place, control } = run;
  if (!container) {
    if (job.services.length > 0) output.warning('services are left out: the job runs on this machine');
    return;
  }
  await output.section('prepare_container', 'Preparing the containers', async () => {
    // The image may run as any user; nobody else on this machine gets into the folder above.
    const script = strictScript([`chmod -R a+rwX -- ${quote(place.folder.slot)}`]);
    await must(
      run,
      'the build folder could not be opened to the image',
      shell(run, script, { env: PLAIN_ENV }),
    );
    try {
      await container.prepare();
    } finally {
      stopIfEnded(control);
    }
  });
}

/** Runs all steps but after_script; after a failed one only those that want to run then. */
async function runSteps(run: JobRun): Promise<void> {
  const { job, control, output, variables } = run;
  const limit = duration(variables.values.get('RUNNER_SCRIPT_TIMEOUT'));
  const late = new AbortController();
  const timer = limit && setTimeout(() => late.abort(), Math.min(limit, MAX_DELAY));
  const signals = {
    stop: AbortSignal.any([control.script, late.signal]),
    kill: control.kill,
    grace: run.grace,
  };
  let failure: JobFailure | undefined;
  try {
    for (const step of job.steps.filter(({ name }) => name !== 'after_script')) {
      stopIfEnded(control);
      if (step.when !== 'always' && (step.when === 'on_failure') !== Boolean(failure)) continue;
      const code = await output.section(`step_${sectionName(step)}`, `Running the job's ${step.name}`, () =>
        shell(run, commandsOf(run, step.script), { signals, inContainer: true }),
      );
      stopIfEnded(control);
      if (late.signal.aborted) {
        const spent = `the script took longer than RUNNER_SCRIPT_TIMEOUT, ${limit ?? 0} ms`;
        throw new JobFailure(spent, 'job_execution_timeout');
      }
      if (code !== 0 && !step.allow_failure) {
        failure ??= new JobFailure(`exit code ${code}`, 'script_failure', code);
      } else if (step.name === 'release') {
        failure ??= await attempt(() => release(run));
      }
    }
  } finally {
    clearTimeout(timer);
  }
  if (failure) throw failure;
}

async function release({ job, place, client, output, control }: JobRun): Promise<void> {
  await makeRelease(job, place.folder.release, { client, output, signal: control.job });
}

/** Runs after_script in a shell of its own, also after a cancel, but not when the job's time is over. */
async function runAfterScript(run: JobRun, failure: JobFailure | undefined): Promise<void> {
  const { job, control, output, variables } = run;
  const step = job.steps.find(({ name }) => name === 'after_script');
  if (!step || step.script.length === 0) return;
  if (control.ending === 'timed_out') {
    output.warning(
      'after_script is not run: the time of the job is over. RUNNER_SCRIPT_TIMEOUT can leave some.',
    );
  }
  if (control.job.aborted) return;
  const limit = duration(variables.values.get('RUNNER_AFTER_SCRIPT_TIMEOUT')) ?? AFTER_SCRIPT_TIMEOUT;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.min(limit, MAX_DELAY));
  const forget = onAbort(control.job, () => late.abort());
  try {
    const code = await output.section('after_script', 'Running after_script', () =>
      shell(run, commandsOf(run, step.script), {
        env: { ...environment(run), CI_JOB_STATUS: statusWord(control, failure) },
        signals: { stop: late.signal, kill: control.kill, grace: run.grace },
        inContainer: true,
      }),
    );
    if (control.job.aborted || code === 0) return;
    const problem = late.signal.aborted ? `it took longer than ${limit / 1000} s` : `exit code ${code}`;
    output.warning(`after_script failed: ${problem}`);
    const ignored = variables.values.get('AFTER_SCRIPT_IGNORE_ERRORS');
    if (ignored !== undefined && !isTrue(ignored)) {
      throw new JobFailure(`after_script: ${problem}`, 'script_failure', code);
    }
  } finally {
    clearTimeout(timer);
    forget();
  }
}

async function keepCache({ job, cache, output }: JobRun, succeeded: boolean): Promise<void> {
  if (job.cache.length === 0) return;
  const name = succeeded ? 'archive_cache' : 'archive_cache_on_failure';
  await output.section(name, 'Keeping the cache', async () => {
    for (const entry of job.cache) await cache.push(entry, succeeded);
  });
}

async function uploadArtifacts(run: JobRun, succeeded: boolean): Promise<void> {
  const { job, client, output, files, variables, control } = run;
  const due = dueArtifacts(job.artifacts, succeeded);
  if (due.length === 0) return;
  const name = `upload_artifacts_on_${succeeded ? 'success' : 'failure'}`;
  let failure: JobFailure | undefined;
  await output.section(name, 'Uploading artifacts', async () => {
    for (const entry of due) {
      const upload = { client, job, output, files, values: variables.values, signal: control.job };
      const problem = await attempt(() => uploadArtifact(entry, upload));
      if (problem) output.error(problem.message);
      failure ??= problem;
    }
  });
  if (failure) throw failure;
}

async function must(run: JobRun, problem: string, code: Promise<number>): Promise<void> {
  if ((await code) === 0) return;
  stopIfEnded(run.control);
  throw new JobFailure(problem, 'runner_system_failure');
}

function statusWord(control: JobControl, failure: JobFailure | undefined): string {
  if (control.ending === 'canceling') return 'canceled';
  if (failure?.failure_reason === 'job_execution_timeout') return 'timedout';
  return failure ? 'failed' : 'success';
}

function sectionName({ name }: Step): string {
  return name.replace(/[^\w.-]/g, '_');
}
