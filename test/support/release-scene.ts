import { PREFIX } from '../../src/access/token.ts';
import { createRunner } from '../../src/runners/create-runner.ts';
import { type CiProject, ciProject } from './ci-project.ts';
import type { RunnerHouse } from './runner-house.ts';
import { SimulatedRunner } from './simulated-runner.ts';

export interface Link {
  id: number;
  name: string;
  url: string;
  direct_asset_url: string;
  link_type: string;
}
export interface Release {
  tag_name?: string;
  name: string;
  description: string | null;
  released_at: string;
  upcoming_release: boolean;
  author: { username: string };
  commit: { id: string };
  assets: { count: number; links: Link[] };
  message?: unknown;
}

export const link = (name: string, more: object = {}) => ({
  name,
  url: `https://example.test/${name}`,
  ...more,
});

/** A project with one commit, and what its releases are made and listed with. */
export async function releaseScene(house: RunnerHouse) {
  const project = await ciProject(house);
  const sha = await project.commit('build: {script: x}\n');
  const at = `${project.at}/releases`;
  const create = (body: object, token?: string) =>
    house.api<Release>('POST', at, { body, ...(token !== undefined && { token }) });
  const tags = async (query = '') =>
    (await house.api<Release[]>('GET', `${at}${query}`)).body.map(({ tag_name }) => tag_name);
  return { project, sha, at, create, tags };
}

/** A runner of that project alone. */
export async function runnerOf({ parts, url }: RunnerHouse, project: CiProject): Promise<SimulatedRunner> {
  const owner = { runner_type: 'project_type', project_id: project.id } as const;
  const attributes = { creator_id: null, prefix: PREFIX.runner };
  const { token } = await createRunner(parts.db, owner, attributes, parts.clock());
  return new SimulatedRunner(url, token);
}
