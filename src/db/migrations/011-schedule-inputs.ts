/** What the pipelines of a schedule are given for their inputs: a JSON list of names and values. */
export const scheduleInputs = {
  id: 11,
  name: 'schedule inputs',
  sql: `
ALTER TABLE pipeline_schedules ADD COLUMN inputs TEXT NOT NULL DEFAULT '[]';
`,
};
