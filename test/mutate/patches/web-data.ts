import type { Patch } from '../patch.ts';

const LISTS = ['test/journeys/fuller-lists.test.ts'];
const GRAPH = ['test/journeys/pipeline-graph.test.ts'];

/** What pages need beyond GitLab's endpoints. */
export const patches: Patch[] = [
  {
    name: 'a job that has ended is offered to be played and to be retried',
    file: 'src/jobs/allowed-actions.ts',
    find: 'updates && isBlocked(job.status) && canPlay(facts)',
    replace: 'updates && canPlay(facts)',
    tests: GRAPH,
  },
  {
    name: 'a button is shown that a protected ref refuses',
    file: 'src/jobs/allowed-actions.ts',
    find: "const updates = asker.updates_ref && may('update_build');",
    replace: "const updates = may('update_build');",
    tests: GRAPH,
  },
  {
    name: 'a pipeline downstream is told to those who may not see it',
    file: 'src/projects/project-role-store.ts',
    find: 'const open = projects.filter((project) => opensTo(project, roles.get(project.id), ability));',
    replace: 'const open = projects;',
    tests: GRAPH,
  },
  {
    name: 'earlier attempts count in the status of a stage',
    file: 'src/api/entities/pipeline-graph.ts',
    find: 'jobs.filter(({ retried }) => retried === 0);',
    replace: 'jobs;',
    tests: GRAPH,
  },
  {
    name: 'a graph ends with the first jobs that are read at once',
    file: 'src/jobs/pipeline-job-store.ts',
    find: 'if (some.length < AT_ONCE) return jobs;',
    replace: 'return jobs;',
    tests: GRAPH,
  },
  {
    name: 'a job that follows its stage seems to need nothing',
    file: 'src/jobs/pipeline-job-store.ts',
    find: "jobs.filter(({ scheduling_type }) => scheduling_type === 'dag');",
    replace: 'jobs;',
    tests: GRAPH,
  },
  {
    name: 'attempts of a job are shown in another project',
    file: 'src/api/pipeline-graph.ts',
    find: "if (job?.project_id !== project.id) throw apiError('record_not_found');",
    replace: "if (!job) throw apiError('record_not_found');",
    tests: GRAPH,
  },
  {
    name: 'abilities are told whatever the project is',
    file: 'src/api/abilities.ts',
    find: 'PROJECT_ABILITIES.filter((each) => allowsOnProject(each, role, subject))',
    replace: 'PROJECT_ABILITIES.filter((each) => allowsOnProject(each, role, { ...subject, archived: 0 }))',
    tests: ['test/journeys/abilities.test.ts'],
  },
  {
    name: 'a section outlives the one around it',
    file: 'src/traces/log-sections.ts',
    find: 'this.#open.splice(index)',
    replace: 'this.#open.splice(index, 1)',
    tests: ['src/traces/log-sections.test.ts'],
  },
  {
    name: 'a marker that comes in two pieces is none',
    file: 'src/traces/log-sections.ts',
    find: "if (marker === 'goes on') return place;",
    replace: "if (marker === 'goes on') return data.length;",
    tests: ['src/traces/log-sections.test.ts'],
  },
  {
    name: 'the sections of a sealed log are lost',
    file: 'src/traces/line-index.ts',
    find: 'new LogSections([...found], cut)',
    replace: 'new LogSections([], cut)',
    tests: ['test/journeys/job-trace-index.test.ts'],
  },
  {
    name: 'a client is told again of sections that it knows',
    file: 'src/api/trace-index.ts',
    find: 'end_line === null || end_line > known',
    replace: 'end_line === null || end_line > 0',
    tests: ['test/journeys/job-trace-index.test.ts'],
  },
  {
    name: 'the log of a debug trace has an index for everybody',
    file: 'src/api/trace-index.ts',
    find: "if (!mayReadLog(job, role)) throw apiError('forbidden');",
    replace: '',
    tests: ['test/journeys/job-trace-index.test.ts'],
  },
  {
    name: 'the last pipeline of a project is a child',
    file: 'src/pipelines/last-pipeline-store.ts',
    find: "project_id = projects.id AND source <> 'parent_pipeline'",
    replace: 'project_id = projects.id',
    tests: LISTS,
  },
  {
    name: 'the last pipeline of a branch is that of a tag of its name',
    file: 'src/pipelines/last-pipeline-store.ts',
    find: 'AND tag = 0 AND source NOT IN',
    replace: 'AND source NOT IN',
    tests: LISTS,
  },
  {
    name: 'a list of projects tells pipelines to those who may not read jobs',
    file: 'src/api/present-projects.ts',
    find: "shown.filter(([row, { role }]) => opensTo(row, role, 'read_build'));",
    replace: 'shown;',
    tests: LISTS,
  },
  {
    name: 'commits tell pipelines to those who may not know of them',
    file: 'src/api/commits.ts',
    find: 'const shas = maySeePipelines(who) ? items.map(({ id }) => id) : [];',
    replace: 'const shas = items.map(({ id }) => id);',
    tests: LISTS,
  },
  {
    name: 'a group counts what its reader may not see',
    file: 'src/projects/group-count-store.ts',
    find: 'if (!viewer.admin) {',
    replace: 'if (groupIds.length === 0) {',
    tests: LISTS,
  },
];
