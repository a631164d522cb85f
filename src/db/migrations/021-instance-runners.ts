/** Runners of the instance are found among however many of projects and groups. */
export const instanceRunners = {
  id: 21,
  name: 'instance-runners',
  sql: `
CREATE INDEX runners_instance ON runners (id) WHERE runner_type = 'instance_type';
`,
};
