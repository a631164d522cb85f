import type { Patch } from '../patch.ts';

const folder = 'web/src/pages/pipeline';
const items = [`${folder}/graph/items.test.ts`];
const layouts = [`${folder}/graph/layouts.test.ts`];
const walk = [`${folder}/graph/walk.test.ts`];
const timeline = [`${folder}/timeline/timeline.test.ts`];
const lists = [`${folder}/lists.test.ts`];

export const patches: Patch[] = [
  {
    name: 'the graph of a pipeline folds jobs of one name in different stages together',
    file: `${folder}/graph/items.ts`,
    find: 'foldKey(stage, group));',
    replace: "foldKey('', group));",
    tests: items,
  },
  {
    name: 'a gate joins only the one stage before it',
    file: `${folder}/graph/layout-needs.ts`,
    find: 'since = [...since, ...nodes];',
    replace: 'since = nodes;',
    tests: layouts,
  },
  {
    name: 'a change of status places the graph anew',
    file: `${folder}/graph/scene-planner.ts`,
    find: 'if (known?.of === of) return known.layout;',
    replace: '',
    tests: walk,
  },
  {
    name: 'a change of status draws every node of the graph anew',
    file: `${folder}/graph/node-keeper.ts`,
    find: "return known && known.type !== 'frame' && isSame(known, node) ? known : node;",
    replace: 'return node;',
    tests: [`${folder}/graph/node-keeper.test.ts`],
  },
  {
    name: 'a small move of the graph draws it anew',
    file: `${folder}/graph/viewport.ts`,
    find: 'const step = 2 ** Math.round(Math.log2(BESIDE / zoom));',
    replace: 'const step = 1 / zoom;',
    tests: [`${folder}/graph/viewport.test.ts`],
  },
  {
    name: 'the chain of a job leaves out what waits for it',
    file: `${folder}/graph/chain.ts`,
    find: '    1,\n',
    replace: '    0,\n',
    tests: walk,
  },
  {
    name: 'the critical path goes by the job that ended first',
    file: `${folder}/timeline/critical-path.ts`,
    find: 'endOf(job, now) > endOf(last, now)',
    replace: 'endOf(job, now) < endOf(last, now)',
    tests: timeline,
  },
  {
    name: 'the critical path takes no heed of needs',
    file: `${folder}/timeline/critical-path.ts`,
    find: 'job.needs === null\n',
    replace: 'job.needs !== undefined\n',
    tests: timeline,
  },
  {
    name: 'an event of an attempt that has been replaced changes the job that is shown',
    file: `${folder}/queries.ts`,
    find: ' || told.retried === true',
    replace: '',
    tests: lists,
  },
  {
    name: 'a failed test stands behind those that passed',
    file: `${folder}/tests/cases.ts`,
    find: 'RANK[one.status] - RANK[other.status]',
    replace: 'RANK[other.status] - RANK[one.status]',
    tests: lists,
  },
  {
    name: 'a job that is left out stands behind those that are in',
    file: `${folder}/why/search-decisions.ts`,
    find: 'Number(one.included) - Number(other.included)',
    replace: 'Number(other.included) - Number(one.included)',
    tests: lists,
  },
];
