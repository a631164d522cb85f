import type { Patch } from '../patch.ts';

const log = ['test/journeys/job-log.test.ts'];
const request = ['test/journeys/job-request.test.ts'];
const artifacts = ['test/journeys/runner-artifacts.test.ts'];
const registration = ['test/journeys/runner-registration.test.ts'];
const api = ['test/journeys/runners-api.test.ts'];
const jobs = ['test/journeys/runner-jobs.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a gap in a log is answered as if it had been stored',
    file: 'src/runner-api/trace.ts',
    find: "if (outcome === 'gap') {",
    replace: "if (outcome === 'ended') {",
    tests: log,
  },
  {
    name: 'the range of a log names its last byte, not its length',
    file: 'src/runner-api/trace.ts',
    find: 'Range: `0-${size}`',
    replace: 'Range: `0-${size - 1}`',
    tests: log,
  },
  {
    name: 'a log that is too large does not end the job',
    file: 'src/runner-api/trace.ts',
    find: "if (outcome === 'too_large') {",
    replace: 'if (size < 0) {',
    tests: log,
  },
  {
    name: 'a log is emptied only after it was asked for again',
    file: 'src/runner-api/update-job.ts',
    find: '        await logs.reset(job.id);\n',
    replace: '',
    tests: log,
  },
  {
    name: 'a log with a wrong checksum is taken for the right one',
    file: 'src/traces/read-trace.ts',
    find: 'checksum !== undefined && Number.parseInt(checksum, 16) !== mark.crc',
    replace: 'checksum === undefined',
    tests: log,
  },
  {
    name: 'a job may end that its runner has not begun',
    file: 'src/runner-api/update-job.ts',
    find: "if (job.status === 'pending')\n      throw",
    replace: "if (job.status === 'created')\n      throw",
    tests: log,
  },
  {
    name: 'any token will do for a job that runs',
    file: 'src/runner-api/authenticate-job.ts',
    find: 'job.token_digest === null || !tokenMatches(token, job.token_digest)',
    replace: 'job.token_digest === null',
    tests: log,
  },
  {
    name: 'whoever asks is told what became of a job',
    file: 'src/runner-api/authenticate-job.ts',
    find: 'digest === undefined || !tokenMatches(token, digest)',
    replace: 'digest === undefined',
    tests: log,
  },
  {
    name: 'a paused runner is held, and given jobs',
    file: 'src/runner-api/request-job.ts',
    find: '      if (runner.active === 0) return nothing();\n',
    replace: '',
    tests: request,
  },
  {
    name: 'a runner with an expired token gets jobs',
    file: 'src/runner-api/authenticate-runner.ts',
    find: 'runner.token_expires_at <= clock()',
    replace: 'runner.token_expires_at < 0',
    tests: request,
  },
  {
    name: 'new features of a runner are written with its next heartbeat only',
    file: 'src/runners/heartbeat.ts',
    find: 'features !== null && features !== runner.manager_features',
    replace: 'features === undefined',
    tests: request,
  },
  {
    name: 'a runner that calls about its job is not heard of',
    file: 'src/runner-api/update-job.ts',
    find: '  if (runner_id !== null) await heartbeatOfJob',
    replace: '  if (runner_id === null) await heartbeatOfJob',
    tests: log,
  },
  {
    name: 'an artifact is taken for a job that was not begun',
    file: 'src/runner-api/artifacts.ts',
    find: 'if (!isExecuting(job.status))',
    replace: 'if (job.status === job.token_digest)',
    tests: artifacts,
  },
  {
    name: 'an artifact that the server lets expire stays for ever',
    file: 'src/runner-api/artifacts.ts',
    find: 'expirySeconds(expire_in) : limits.artifacts_expire_in',
    replace: 'expirySeconds(expire_in) : null',
    tests: artifacts,
  },
  {
    name: 'a job fetches the artifacts of any project',
    file: 'src/runner-api/artifacts.ts',
    find: "        await authorizeProject(db.read, caller, String(producer.project_id), 'read_build', dayOf(now));\n",
    replace: '',
    tests: artifacts,
  },
  {
    name: 'a registration token works after it was reset',
    file: 'src/runners/registration-token.ts',
    find: 'digest === null || !tokenMatches(token, digest)',
    replace: 'digest === null',
    tests: registration,
  },
  {
    name: 'a registered runner gets the token of one made by a person',
    file: 'src/runner-api/register.ts',
    find: 'prefix: PREFIX.registered,',
    replace: 'prefix: PREFIX.runner,',
    tests: registration,
  },
  {
    name: 'everybody assigns the built-in runner',
    file: 'src/api/project-runners.ts',
    find: '!manages || row.built_in === 1',
    replace: '!manages',
    tests: jobs,
  },
  {
    name: 'a maintainer sees the jobs of other projects on a shared runner',
    file: 'src/runners/runner-details-store.ts',
    find: 'const mine = reader && projectsOf(reader.user_id, reader.today, 20);',
    replace: 'const mine = reader && null;',
    tests: jobs,
  },
  {
    name: 'a runner that is paused while it waits is given one more job',
    file: 'src/api/runners.ts',
    find: '        await db.write((tx) => updateRunner(tx, id, columns));\n        waiting.release(id);\n',
    replace: '        await db.write((tx) => updateRunner(tx, id, columns));\n',
    tests: jobs,
  },
  {
    name: 'a maintainer of a group changes its runners',
    file: 'src/api/runners.ts',
    find: "(row.runner_type === 'group_type' ? 50 : 40)",
    replace: '40',
    tests: api,
  },
  {
    name: 'a runner is taken from its last project',
    file: 'src/runners/assign-runner.ts',
    find: 'projects.length === 1 &&',
    replace: 'projects.length === 0 &&',
    tests: api,
  },
];
