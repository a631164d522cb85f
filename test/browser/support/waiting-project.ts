import { browserProject } from './project.ts';

/** A project of whose pipelines nobody takes the job: nothing changes but by what a test does. */
export async function waitingProject(api: Parameters<typeof browserProject>[0]) {
  const configuration = 'unit:\n  script: echo\n  tags: [nobody]\n';
  const project = await browserProject(api, { '.gitlab-ci.yml': configuration });
  const [first] = await project.call<{ id: number }[]>('GET', '/pipelines');
  let pushes = 0;
  return {
    ...project,
    /** Its first pipeline. */
    pipeline: first?.id ?? 0,
    /** The address of a page. */
    at: (rest: string) => `/${project.path}/-/${rest}`,
    /** Makes one more, of a commit with this message. */
    pushOne: (message: string) => project.push({ [`file-${++pushes}`]: message }, { message }),
  };
}
