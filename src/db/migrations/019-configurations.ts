/** What a pipeline was made of, and its configuration in one, deflated and encrypted; null of those that were created before. */
export const configurations = {
  id: 19,
  name: 'configurations',
  sql: `
ALTER TABLE pipeline_explanations ADD COLUMN configuration TEXT;
ALTER TABLE pipeline_explanations ADD COLUMN merged_yaml TEXT;
`,
};
