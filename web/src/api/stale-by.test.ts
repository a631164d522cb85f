import { expect, test } from 'vitest';
import { keys } from './keys.ts';
import { graphsIn, staleBy } from './stale-by.ts';

const IN_PROJECT = 'group/project';

test('what happens in a pipeline is about its graph, on the stream of its project', () => {
  const graph = [keys.graph(IN_PROJECT, 7)];
  expect(graphsIn('pipeline', { id: 7 }, IN_PROJECT)).toEqual(graph);
  for (const type of ['job', 'bridge', 'jobs'] as const)
    expect(graphsIn(type, { id: 40, pipeline_id: 7 }, IN_PROJECT)).toEqual(graph);
  expect(graphsIn('environment', { id: 7 }, IN_PROJECT)).toEqual([]);
  expect(graphsIn('pipeline', { id: 7 }, null)).toEqual([]);
});

test('a group makes stale what is shown of groups, where anything of them is', () => {
  expect(staleBy('group', { id: 3 }, null)).toEqual([keys.groups(), keys.anyGroup]);
  expect(staleBy('group', { id: 3 }, IN_PROJECT)).toEqual([]);
});
