import { expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { createProject, jobsOf, planned } from '../support/pipelines.ts';
import { openRunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

const MANY = 10_000;

test.each(databases)(
  `a project’s single job waits behind no more than one of another’s ${MANY}, on %s`,
  async (kind) => {
    const house = await openRunnerHouse(kind);
    const body = { runner_type: 'instance_type', run_untagged: true };
    const made = await house.api<{ token: string }>('POST', '/user/runners', { body });
    const runner = new SimulatedRunner(house.url, made.body.token);
    const flood = Array.from({ length: MANY }, (_, index) => planned(`flood ${index}`));
    await house.start(await createProject(house.parts.db), flood);
    const project = await createProject(house.parts.db);
    const { single } = await jobsOf(house.parts.db, await house.start(project, [planned('single')]));
    const queue = await house.api('GET', `/projects/${project.id}/jobs/${single!.id}/queue`);
    expect(queue.body).toMatchObject({ status: 'pending', position: 2 });
    const names = [];
    for (let each = 0; each < 3; each += 1) names.push((await runner.request()).job?.job_info.name);
    expect(names).toEqual(['flood 0', 'single', 'flood 1']);
    runner.close();
    await house.close();
  },
);
