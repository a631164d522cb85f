import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, remoteOf, repositoryOf } from '../support/git.ts';
import { addPerson, addToken } from '../support/people.ts';
import type { TestServer } from '../support/server.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { zipOf } from '../support/zip.ts';
import type { AnyRequest } from './any-request.ts';

/** What requests find, by the names they carry: an administrator of their own, so that root survives them. */
export type Place = Record<string, string>;

const CONFIGURATION = `
stages: [build, deploy]
build:
  stage: build
  script: make
  artifacts: {paths: [out]}
deploy:
  stage: deploy
  script: make deploy
  when: manual
`;

let tree: Promise<string> | undefined;
let made = 0;

/** A working tree that all places push. */
function workTree(): Promise<string> {
  const source = temporaryFolder();
  writeFileSync(join(source, '.gitlab-ci.yml'), CONFIGURATION);
  return repositoryOf(source);
}

/** A new administrator's project, group, runner and pipeline: a job runs and has a log and an artifact. */
export async function newPlace({ api, url }: TestServer): Promise<Place> {
  const person = await addPerson(api, 'admin', true);
  const { token } = person;
  const create = async (path: string, body: object = {}) => {
    const reply = await api<Record<string, string | number>>('POST', path, { token, body });
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const name = `place-${++made}`;
  const group = await create('/groups', { name, path: name });
  const project = await create('/projects', { name });
  const at = `/projects/${project.id}`;
  const runner = await create('/user/runners', { runner_type: 'project_type', project_id: project.id });
  const registration = await create(`${at}/runners/reset_registration_token`);
  const folder = await (tree ??= workTree());
  const path = `${person.username}/${name}`;
  await git(folder, 'push', '--quiet', remoteOf(url, path, token), 'HEAD:refs/heads/main');
  const machine = new SimulatedRunner(url, String(runner.token));
  const job = await until('a job', async () => (await machine.request()).job ?? undefined);
  await machine.running(job);
  await machine.patch(job, 'making\n');
  await machine.artifact(job, await zipOf({ 'out/a.txt': 'a' }));
  machine.close();
  const jobs = await api<{ id: number; name: string; pipeline: { id: number } }[]>('GET', `${at}/jobs`, {
    token,
  });
  const manual = jobs.body.find((one) => one.name === 'deploy');
  const spare = await addToken(api, person.id, ['api']);
  const listed = await api<{ id: number }[]>('GET', `/personal_access_tokens?user_id=${person.id}`);
  return {
    token,
    basic: Buffer.from(`any:${token}`).toString('base64'),
    spare,
    token_id: String(Math.max(...listed.body.map(({ id }) => id))),
    user_id: String(person.id),
    group_id: String(group.id),
    project_id: String(project.id),
    project_path: encodeURIComponent(path),
    git_path: `${path}.git`,
    runner_id: String(runner.id),
    runner_token: String(runner.token),
    registration_token: String(registration.token),
    pipeline_id: String(jobs.body[0]?.pipeline.id),
    job_id: String(job.id),
    job_token: job.token,
    manual_job_id: String(manual?.id),
    sha: job.git_info.sha,
  };
}

/** The request with what the names in it stand for here. */
export function atPlace(place: Place, request: AnyRequest): AnyRequest {
  const fill = (text: string) =>
    text.replace(/__([a-z_]+?)__/g, (whole, name: string) =>
      name === 'fresh'
        ? `fresh-${randomBytes(6).toString('hex')}`
        : Object.hasOwn(place, name)
          ? (place[name] ?? '')
          : whole,
    );
  const headers = Object.entries(request.headers).map(([name, value]) => [name, fill(value)]);
  return {
    ...request,
    path: fill(request.path),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: request.body === null ? null : fill(request.body),
  };
}
