import { expect } from 'vitest';
import { type CiProject, ciProject } from './ci-project.ts';
import { refusal } from './job-scenes.ts';
import { openRunnerHouse } from './runner-house.ts';

export const oneJob = (name: string) => `${name}:\n  script: echo\n`;
/** How a configuration with this mistake is refused. */
export const base = (text: string) => [400, { message: { base: [text] } }];

/** A server that may fetch from 127.0.0.1 alone, and projects whose configurations include something. */
export async function includesHouse(kind: Parameters<typeof openRunnerHouse>[0]) {
  const house = await openRunnerHouse(kind, {}, { local_requests: ['127.0.0.1/32'] });
  const { api } = house;
  const start = (project: CiProject, token?: string) =>
    api<{ id: number }>('POST', `${project.at}/pipeline`, {
      body: { ref: 'main' },
      ...(token !== undefined && { token }),
    });
  async function jobsOf(project: CiProject, token?: string): Promise<string[]> {
    const { status, body } = await start(project, token);
    expect(status, JSON.stringify(body)).toBe(201);
    const list = await api<{ name: string }[]>('GET', `${project.at}/pipelines/${body.id}/jobs`);
    return list.body.map(({ name }) => name).toSorted();
  }
  async function including(text: string): Promise<CiProject> {
    const project = await ciProject(house);
    await project.commit(text);
    return project;
  }

  const refused = async (included: string) => refusal(await start(await including(`include: ${included}\n`)));
  return { house, api, start, jobsOf, including, refused };
}
