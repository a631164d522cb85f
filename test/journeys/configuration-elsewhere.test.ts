/** A configuration that a project's settings name, and which no file of the project is. */
import { describe, expect, test } from 'vitest';
import type { CiProject } from '../support/ci-project.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { fileHost } from '../support/file-host.ts';
import { base, includesHouse, oneJob as job } from '../support/includes-house.ts';
import { personWith, refusal } from '../support/job-scenes.ts';

const host = await fileHost((_request, response) => response.end(job('far')));

describe.each(databases)('a configuration from elsewhere, on %s,', async (kind) => {
  const { house, api, start, jobsOf } = await includesHouse(kind);
  const name = async ({ at }: CiProject, ci_config_path: string) =>
    expect((await api('PUT', at, { body: { ci_config_path } })).status).toBe(200);

  async function scene(text = job('theirs')) {
    const shared = await ciProject(house);
    const sha = await shared.commitFile('ci/all.yml', text);
    await shared.commitFile('ci/beside.yml', job('beside'));
    const project = await ciProject(house);
    await project.commit(job('own'));
    await name(project, `ci/all.yml@${shared.path}`);
    return { shared, sha, project };
  }

  test('is the file of another project, at its default branch or at a ref', async () => {
    const { shared, sha, project } = await scene('include: ci/beside.yml\n');
    await shared.tag('v1', sha);
    await shared.commitFile('ci/all.yml', job('newest'));
    expect(await jobsOf(project)).toEqual(['newest']);
    await name(project, `ci/all.yml@${shared.path}:main`);
    expect(await jobsOf(project)).toEqual(['newest']);
    await name(project, `ci/all.yml@${shared.path}:v1`);
    expect(refusal(await start(project))).toEqual(base('Local file `ci/beside.yml` does not exist!'));
  });

  test('is a file at an address', async () => {
    const { project } = await scene();
    await name(project, `${host.url}/all.yml`);
    expect(await jobsOf(project)).toEqual(['far']);
  });

  test('is for whoever may read it', async () => {
    const { shared, project } = await scene();
    const { token } = await personWith(api, 'maintainer', project.id);
    const message = `Project \`${shared.path}\` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined.`;
    expect(refusal(await start(project, token))).toEqual(base(message));
    expect(await jobsOf(project)).toEqual(['theirs']);
  });

  test('is given the inputs of the pipeline, and kept and linted like any other', async () => {
    const { shared, project } = await scene(
      `spec: { inputs: { env: { default: none } } }\n---\n${job('to-$[[ inputs.env ]]')}`,
    );
    const body = { ref: 'main', inputs: { env: 'prod' } };
    const { status, body: made } = await api<{ id: number }>('POST', `${project.at}/pipeline`, { body });
    expect(status).toBe(201);
    const list = await api<{ name: string }[]>('GET', `${project.at}/pipelines/${made.id}/jobs`);
    expect(list.body.map((each) => each.name)).toEqual(['to-prod']);
    const kept = await api('GET', `${project.at}/pipelines/${made.id}/configuration`);
    expect(kept.body).toMatchObject({
      file: null,
      inputs: [{ name: 'env', value: 'prod', file: `ci/all.yml@${shared.path}` }],
      includes: [{ type: 'file', location: 'ci/all.yml', extra: { project: shared.path } }],
    });
    const lint = await api<{ valid: boolean; merged_yaml: string }>('GET', `${project.at}/ci/lint`);
    expect(lint.body).toMatchObject({
      valid: true,
      merged_yaml: expect.stringContaining('to-none:') as string,
    });
    const wrong = { ref: 'main', inputs: { place: 'x' } };
    expect(refusal(await api('POST', `${project.at}/pipeline`, { body: wrong }))).toEqual(
      base('`ci/all.yml`: unknown input arguments: place'),
    );
  });
});
