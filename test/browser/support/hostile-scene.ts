import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Api } from '../../support/api.ts';
import type { TestServer } from '../../support/server.ts';
import { SimulatedRunner } from '../../support/simulated-runner.ts';
import { zipOf } from '../../support/zip.ts';

/** Turns what follows it, and is an element for whoever takes it for HTML. */
export const EVIL = '\u202Eevil<img src=x onerror=window.hurt=1>';
/** The same where neither spaces nor some other characters may be. */
export const EVIL_REF = '\u202Eevil<img/src=x/onerror=window.hurt=1>';
export const EVIL_FILE = '\u202Eevil<img src=x onerror=window.hurt=1>.txt';
/** Where only letters may be. */
const HEBREW = 'שלום 12';
/** What git makes of it as a name of somebody. */
const EVIL_AUTHOR = EVIL.replaceAll(/[<>]/g, '');
const LATER = `${EVIL} later`;
const TAG = `${EVIL_REF}/tag`;
/** All of these, as they are given. */
export const VALUES = [EVIL, LATER, EVIL_REF, TAG, EVIL_FILE, EVIL_AUTHOR, ...EVIL_REF.split('/')];

const yaml = (text: string) => JSON.stringify(text);
const CONFIGURATION = `
spec:
  inputs:
    place: { description: ${yaml(EVIL)}, default: ${yaml(EVIL)}, options: [${yaml(EVIL)}, other] }
---
workflow: { name: ${yaml(EVIL)} }
stages: [${yaml(EVIL)}, later]
variables:
  SHOWN: { value: ${yaml(EVIL)}, description: ${yaml(EVIL)} }
${yaml(EVIL)}:
  stage: ${yaml(EVIL)}
  tags: [simulated, ${yaml(EVIL)}]
  rules: [{ if: $SHOWN }]
  script: ["true"]
by hand:
  stage: ${yaml(EVIL)}
  when: manual
  manual_confirmation: ${yaml(EVIL)}
  tags: [simulated]
  script: ["true"]
${yaml(LATER)}:
  stage: later
  needs: [${yaml(EVIL)}]
  tags: [nobody, ${yaml(EVIL)}]
  script: ["true"]
`;
const JUNIT = `<testsuite name="s"><testcase name="${escaped(EVIL)}" classname="${escaped(EVIL)}" file="${escaped(EVIL)}" time="1">
<failure>${escaped(EVIL)}</failure></testcase></testsuite>`;

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Where they stand. */
export interface HostileScene {
  project: string;
  pipeline: number;
  /** A pipeline with variables of its own. */
  given: number;
  /** The second attempt of the job that failed. */
  again: number;
  /** That fails, that waits, and that is played by hand. */
  jobs: { failed: number; waiting: number; manual: number };
  sha: string;
}

/** Everything that people and programs may name, named so as to do harm. */
export async function seedHostile({ api, url }: TestServer): Promise<HostileScene> {
  const made = async <Body = { id: number }>(path: string, body: object): Promise<Body> => {
    const reply = await api<Body>('POST', path, { body });
    expect(reply.status, `${path}: ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  };
  await nameRoot(api);
  const group = await made('/groups', { name: HEBREW, path: 'evil', description: EVIL });
  await made('/groups', { name: HEBREW, path: 'inner', parent_id: group.id, description: EVIL });
  const { id } = await made('/projects', {
    name: HEBREW,
    path: 'project',
    namespace_id: group.id,
    description: EVIL,
  });
  const at = `/projects/${id}`;
  const runner = await made<{ id: number; token: string }>('/user/runners', {
    runner_type: 'project_type',
    project_id: id,
    description: EVIL,
    maintenance_note: EVIL,
    tag_list: `simulated,${EVIL}`,
  });
  for (const owner of [at, `/groups/${group.id}`, '/admin/ci'])
    await made(`${owner}/variables`, { key: 'OPEN', value: EVIL, description: EVIL });
  const commit = (branch: string, content: string) =>
    made<{ id: string }>(`${at}/repository/commits`, {
      branch,
      ...(branch !== 'main' && { start_branch: 'main' }),
      commit_message: `${EVIL}\n\n${EVIL}`,
      author_name: EVIL,
      author_email: 'evil@example.org',
      actions: [
        { action: branch === 'main' ? 'create' : 'update', file_path: '.gitlab-ci.yml', content },
        ...(branch === 'main'
          ? [
              { action: 'create', file_path: 'README.md', content: `${EVIL}\n\n\`${EVIL}\`\n` },
              {
                action: 'create',
                file_path: EVIL_FILE,
                content: `${EVIL}\nif admin\u2066 # \u2069\u200B then\n`,
              },
            ]
          : []),
      ],
    });
  const { id: sha } = await commit('main', CONFIGURATION);
  const [pipeline] = (await api<{ id: number }[]>('GET', `${at}/pipelines`)).body;
  const jobs = (await api<{ id: number; name: string }[]>('GET', `${at}/pipelines/${pipeline?.id}/jobs`))
    .body;
  const of = (name: string) => jobs.find((job) => job.name === name)?.id ?? 0;
  const info = { version: EVIL, platform: EVIL, architecture: EVIL, executor: EVIL };
  const verified = await api('POST', '/runners/verify', {
    token: null,
    body: { token: runner.token, system_id: EVIL, info },
  });
  expect(verified.status, JSON.stringify(verified.body)).toBe(200);
  const machine = new SimulatedRunner(url, runner.token);
  const { job } = await machine.request();
  if (!job) throw new Error('there is no job to take');
  await machine.running(job);
  await machine.patch(job, `${EVIL}\n`);
  await machine.artifact(
    job,
    await zipOf({ [EVIL_FILE]: EVIL, [`evil/${EVIL_FILE}`]: EVIL }),
    {},
    `${EVIL_FILE}.zip`,
  );
  const junit = { artifact_type: 'junit', artifact_format: 'gzip' };
  await machine.artifact(job, gzipSync(JUNIT), junit, 'junit.xml.gz');
  await machine.finish(job, 'failed', `${EVIL}\n`);
  await commit(EVIL_REF, `${yaml(EVIL)}: { stage: ${yaml(EVIL)} }`);
  await made(`${at}/repository/tags`, { tag_name: TAG, ref: 'main' });
  const variables = [{ key: 'GIVEN', value: EVIL }];
  const given = await made(`${at}/pipeline`, { ref: 'main', variables });
  const again = await made(`${at}/jobs/${of(EVIL)}/retry`, { job_variables_attributes: variables });
  return {
    project: '/evil/project',
    pipeline: pipeline?.id ?? 0,
    given: given.id,
    again: again.id,
    jobs: { failed: of(EVIL), waiting: of(LATER), manual: of('by hand') },
    sha,
  };
}

/** The name of whoever pushes, and runs, and looks. */
async function nameRoot(api: Api): Promise<void> {
  const { body: root } = await api<{ id: number }>('GET', '/user');
  const reply = await api('PUT', `/users/${root.id}`, { body: { name: EVIL } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
}
