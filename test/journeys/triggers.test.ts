import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { type CiProject, ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, NO_RECORD, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import type { Person } from '../support/people.ts';
import { openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';
import type { JobPayload, SimulatedRunner } from '../support/simulated-runner.ts';

interface Trigger {
  id: number;
  token: string;
  description: string;
  last_used: string | null;
  owner: { username: string };
}
interface Pipeline {
  id: number;
  source: string;
  sha: string;
  status: string;
  yaml_errors: string | null;
  user: { username: string };
}

const NOT_FOUND = [404, { message: '404 Not Found' }];
const base = (text: string) => [400, { message: { base: [text] } }];
const NOT_ALLOWED = base('Insufficient permissions to create a new pipeline');

const variablesOf = (job: JobPayload) =>
  Object.fromEntries(job.variables.map(({ key, value }) => [key, value]));

describe.each(databases)('triggers on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { pipeline_hierarchy_size: 3 });
    ({ api } = house);
  });

  const create = async ({ at }: CiProject, token?: string) =>
    (
      await api<Trigger>('POST', `${at}/triggers`, {
        body: { description: 'nightly' },
        ...(token && { token }),
      })
    ).body;
  /** Nobody asks: the token in the parameters is all. */
  const trigger = (project: CiProject, body: object, headers = {}) =>
    api<Pipeline>('POST', `${project.at}/trigger/pipeline`, { token: null, body, headers });
  async function scene(config = ONE_JOB) {
    const project = await ciProject(house);
    const sha = await project.commit(config);
    return { project, sha, ...(await create(project)) };
  }
  async function runnerOf(...projects: CiProject[]): Promise<SimulatedRunner> {
    const runner = await projectRunner(house, projects[0]!.id);
    for (const { at } of projects.slice(1))
      await api('POST', `${at}/runners`, { body: { runner_id: runner.id } });
    return runner;
  }
  describe('the tokens', () => {
    test('one is made, and shown in full to its owner alone', async () => {
      const { project, ...made } = await scene();
      expect(made.token).toMatch(/^glptt-[\w-]{20,}$/);
      expect(made).toMatchObject({
        description: 'nightly',
        last_used: null,
        expires_at: null,
        owner: { username: 'root' },
      });
      const { token } = await personWith(api, 'maintainer', project.id);
      const short = made.token.slice('glptt-'.length).slice(0, 4);
      for (const path of [`${project.at}/triggers/${made.id}`, `${project.at}/triggers`]) {
        const [own] = [(await api<Trigger | Trigger[]>('GET', path)).body].flat();
        const [other] = [(await api<Trigger | Trigger[]>('GET', path, { token })).body].flat();
        expect([own!.token, other!.token]).toEqual([made.token, short]);
      }
    });

    test('nothing of a token is stored in the clear but its beginning', async () => {
      const { id, token } = await scene();
      const row = await house.parts.db.read
        .selectFrom('pipeline_triggers')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      expect(JSON.stringify(row)).not.toContain(token.slice('glptt-'.length));
      expect(row.short_token).toHaveLength(4);
    });

    test('its owner describes it anew, another maintainer may not', async () => {
      const { project, id } = await scene();
      const path = `${project.at}/triggers/${id}`;
      const { token } = await personWith(api, 'maintainer', project.id);
      const body = { description: 'weekly' };
      expect(refusal(await api('PUT', path, { body, token }))).toEqual([
        403,
        {
          message: '403 Forbidden - The current user is not authorized to update the pipeline trigger token',
        },
      ]);
      expect((await api('PUT', path, { body })).body).toMatchObject(body);
      expect((await api('PUT', path, { body: {} })).body).toMatchObject(body);
    });

    test('a maintainer who takes it over sees it in full, and runs its pipelines', async () => {
      const { project, id, token } = await scene();
      const other = await personWith(api, 'maintainer', project.id);
      const taken = await api<Trigger>('POST', `${project.at}/triggers/${id}/take_ownership`, {
        token: other.token,
      });
      expect(taken).toMatchObject({ status: 200, body: { token, owner: { username: other.username } } });
      const made = await trigger(project, { ref: 'main', token });
      expect(made.body.user.username).toBe(other.username);
    });

    test('one that is deleted opens nothing, and a description is asked for', async () => {
      const { project, id, token } = await scene();
      const path = `${project.at}/triggers/${id}`;
      expect(refusal(await api('POST', `${project.at}/triggers`, { body: {} }))).toEqual([
        400,
        { error: 'description is missing' },
      ]);
      const headers = { 'if-unmodified-since': new Date(0).toUTCString() };
      expect((await api('DELETE', path, { headers })).status).toBe(412);
      expect(refusal(await api('DELETE', path))).toEqual([204, '']);
      expect(refusal(await api('DELETE', path))).toEqual(NO_RECORD);
      expect(refusal(await trigger(project, { ref: 'main', token }))).toEqual(NOT_FOUND);
    });

    test('one of another project is none of this', async () => {
      const { id } = await scene();
      const { project } = await scene();
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(refusal(await api(method, `${project.at}/triggers/${id}`))).toEqual(NO_RECORD);
    });

    test('a developer has nothing to do with them', async () => {
      const { project } = await scene();
      const { token } = await personWith(api, 'developer', project.id);
      expect(refusal(await api('GET', `${project.at}/triggers`, { token }))).toEqual(FORBIDDEN);
    });
  });

  describe('a pipeline', () => {
    let shared: Awaited<ReturnType<typeof scene>> | undefined;
    test('is begun by a token alone, as its owner, and its use is noted', async () => {
      const { project, sha, id, token } = await scene();
      const owner = await personWith(api, 'maintainer', project.id);
      const own = await create(project, owner.token);
      const made = await trigger(project, { ref: 'main', token: own.token });
      expect(made).toMatchObject({
        status: 201,
        body: { source: 'trigger', sha, status: 'pending', user: { username: owner.username } },
      });
      const used = async (one: number) =>
        (await api<Trigger>('GET', `${project.at}/triggers/${one}`)).body.last_used;
      expect([await used(own.id), await used(id)]).toEqual([expect.any(String), null]);
      // [skip ci] means pushes.
      await project.commit(ONE_JOB, 'main', 'Later [skip ci]');
      expect((await trigger(project, { ref: 'main', token })).body.status).toBe('pending');
    });

    test('is begun by a form too, and by an address that names the ref', async () => {
      const { project, token } = await scene();
      await project.commit(ONE_JOB, 'with/slash');
      const body = new URLSearchParams({ token, 'variables[A]': 'b' });
      for (const ref of ['main', 'with/slash', 'with%2Fslash']) {
        const path = `${project.at}/ref/${ref}/trigger/pipeline`;
        const made = await api<Pipeline>('POST', path, { token: null, body });
        expect(made).toMatchObject({ status: 201, body: { ref: decodeURIComponent(ref) } });
      }
      const named = `/projects/${encodeURIComponent(project.path)}/trigger/pipeline`;
      expect((await api('POST', named, { token: null, body: { ref: 'main', token } })).status).toBe(201);
    });

    test('tells its jobs of the token, of the variables, and of all that was said', async () => {
      const config = 'unit:\n  script: x\n  rules:\n    - if: $CI_PIPELINE_TRIGGERED && $GO == "yes"\n';
      const { project, token } = await scene(config);
      const runner = await runnerOf(project);
      const said = { ref: 'main', variables: { GO: 'yes' }, object_kind: 'build', build_name: null };
      const { body: made } = await trigger(project, { ...said, token, priority: 100 });
      const { job } = await runner.request();
      expect(variablesOf(job!)).toMatchObject({
        GO: 'yes',
        CI_PIPELINE_SOURCE: 'trigger',
        CI_PIPELINE_TRIGGERED: 'true',
        CI_TRIGGER_SHORT_TOKEN: token.slice(6, 10),
      });
      const payload = job!.variables.find(({ key }) => key === 'TRIGGER_PAYLOAD')!;
      expect(payload).toMatchObject({ file: true });
      expect(JSON.parse(payload.value)).toEqual({ id: String(project.id), ...said, priority: 100 });
      // It is a text like another: who triggers has no say in the queue.
      expect(made).toMatchObject({ priority: 0 });
    });

    test('with mistakes in its file is there, and tells them', async () => {
      const { project, token } = await scene('unit:\n  stage: none\n  script: x\n');
      const { status, body } = await trigger(project, { ref: 'main', token });
      expect([status, body.status]).toEqual([201, 'failed']);
      expect(body.yaml_errors).toContain('unit job: chosen stage');
    });

    test('is not there for a ref that is not, nor for nothing to run', async () => {
      const { project, token } = await scene('unit:\n  script: x\n  rules:\n    - if: $NEVER\n');
      expect(refusal(await trigger(project, { ref: 'none', token }))).toEqual(base('Reference not found'));
      expect(refusal(await trigger(project, { ref: 'main', token }))).toEqual(
        base(
          'The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.',
        ),
      );
      expect((await api('GET', `${project.at}/pipelines`)).body).toEqual([]);
    });

    test.each<[string, object, unknown[]]>([
      ['nothing', {}, [400, { error: 'ref is missing, token is missing' }]],
      ['an empty ref', { ref: ' ', token: 'x' }, [400, { error: 'ref is empty' }]],
      ['an unknown token', { ref: 'main', token: 'glptt-unknown' }, NOT_FOUND],
      ['an empty token', { ref: 'main', token: '' }, NOT_FOUND],
      ['variables that are a list', { variables: ['a'] }, [400, { error: 'variables is invalid' }]],
      ['variables that are text', { variables: 'a' }, [400, { error: 'variables is invalid' }]],
      ...[1, true, null, { b: 'c' }, ['c']].map((value): [string, object, unknown[]] => [
        `a variable that is ${JSON.stringify(value)}`,
        { variables: { A: value } },
        [400, { message: 'variables needs to be a map of key-valued strings' }],
      ]),
      ['a variable without a name', { variables: { ' ': 'a' } }, [400, { error: 'variables is invalid' }]],
      [
        'a variable of a name that none has',
        { variables: { 'A B': 'a' } },
        [
          400,
          {
            message: {
              base: [
                "Failed to persist the pipeline: Validation failed: Variables key can contain only letters, digits and '_'.",
              ],
            },
          },
        ],
      ],
      ['a variable with NUL', { variables: { A: '\0' } }, [400, { error: 'variables is invalid' }]],
    ])('is refused to %s', async (what, body, wanted) => {
      const { project, token } = (shared ??= await scene());
      const whole = 'variables' in body ? { ref: 'main', token, ...body } : body;
      expect(refusal(await trigger(project, whole)), what).toEqual(wanted);
    });

    test('is refused to a token of another project, and where there is no project', async () => {
      const { token } = await scene();
      const { project } = await scene();
      const body = { ref: 'main', token };
      expect(refusal(await trigger(project, body))).toEqual(NOT_FOUND);
      expect(refusal(await trigger({ ...project, at: '/projects/999999' }, body))).toEqual(NOT_FOUND);
    });

    test('does not begin another by its own webhook', async () => {
      const { project, token } = await scene();
      const body = { ref: 'main', token };
      expect(refusal(await trigger(project, body, { 'x-gitlab-event': 'Pipeline Hook' }))).toEqual(FORBIDDEN);
      expect((await trigger(project, body, { 'x-gitlab-event': 'Job Hook' })).status).toBe(201);
    });

    test('is refused as soon as the owner of the token may not run one', async () => {
      const { project } = await scene();
      const owned = async (): Promise<Person & { trigger: string }> => {
        const owner = await personWith(api, 'maintainer', project.id);
        return { ...owner, trigger: (await create(project, owner.token)).token };
      };
      const [blocked, gone, lower] = [await owned(), await owned(), await owned()];
      await api('POST', `/users/${blocked.id}/block`);
      await api('DELETE', `${project.at}/members/${gone.id}`);
      await api('PUT', `${project.at}/members/${lower.id}`, { body: { access_level: 30 } });
      for (const { trigger: token } of [blocked, gone])
        expect(refusal(await trigger(project, { ref: 'main', token }))).toEqual(NOT_ALLOWED);
      const asLower = () => trigger(project, { ref: 'main', token: lower.trigger });
      await project.commit(ONE_JOB, 'free');
      await protectBranch(house, project.id, 'release');
      await project.commit(ONE_JOB, 'release');
      expect((await trigger(project, { ref: 'free', token: lower.trigger })).status).toBe(201);
      expect(refusal(await trigger(project, { ref: 'release', token: lower.trigger }))).toEqual(
        base(
          "You do not have sufficient permission to run a pipeline on 'release'. Please select a different branch or contact your administrator for assistance.",
        ),
      );
      await api('PUT', project.at, { body: { builds_access_level: 'disabled' } });
      expect(refusal(await asLower())).toEqual(base('Pipelines are disabled!'));
    });
  });

  const letIn = async (from: { id: number }, to: { at: string }) => {
    const body = { target_project_id: from.id };
    expect((await api('POST', `${to.at}/job_token_scope/allowlist`, { body })).status).toBe(201);
  };

  describe('the token of a job', () => {
    test('begins a pipeline of another project, downstream of its own, while the job runs', async () => {
      const from = await scene();
      const { project: other } = await scene();
      const runner = await runnerOf(from.project);
      const { body: first } = await trigger(from.project, { ref: 'main', token: from.token });
      const { job } = await runner.request();
      await runner.running(job!);
      const body = { ref: 'main', token: job!.token };
      expect(refusal(await trigger(other, body))).toEqual(NOT_FOUND);
      await api('PUT', other.at, { body: { visibility: 'public' } });
      expect(refusal(await trigger(other, body))).toEqual(NOT_ALLOWED);
      await letIn(from.project, other);
      const made = await trigger(other, body);
      expect(made).toMatchObject({ status: 201, body: { source: 'pipeline', user: { username: 'root' } } });
      const { upstream_pipeline_id, root_pipeline_id } = await house.parts.db.read
        .selectFrom('pipelines')
        .selectAll()
        .where('id', '=', made.body.id)
        .executeTakeFirstOrThrow();
      expect([upstream_pipeline_id, root_pipeline_id]).toEqual([first.id, first.id]);
      const below = await (await runnerOf(other)).request();
      expect(variablesOf(below.job!)).not.toHaveProperty('CI_PIPELINE_TRIGGERED');

      expect((await trigger(other, body)).status).toBe(201);
      expect(refusal(await trigger(other, body))).toEqual(
        base('There are 3 pipelines downstream of the first one already'),
      );
      await runner.finish(job!, 'success');
      expect(refusal(await trigger(other, body))).toEqual([401, { message: 'Job is not running' }]);
    });

    test('opens no project that the user of the job may not see, and none where they may not run', async () => {
      const { project } = await scene();
      const { project: hidden } = await scene();
      const user = await personWith(api, 'maintainer', project.id);
      const { token } = await create(project, user.token);
      const runner = await runnerOf(project);
      await trigger(project, { ref: 'main', token });
      const { job } = await runner.request();
      await runner.running(job!);
      const body = { ref: 'main', token: job!.token };
      await letIn(project, hidden);
      expect(refusal(await trigger(hidden, body))).toEqual(NOT_FOUND);
      await api('PUT', hidden.at, { body: { visibility: 'public' } });
      expect(refusal(await trigger(hidden, body))).toEqual(NOT_ALLOWED);
    });
  });
});
