import { expect, test } from 'vitest';
import type { PipelineGraph, PipelineJob } from '../../../api/schema.ts';
import { drawable } from './jobs-of-tests.ts';
import { NodeKeeper } from './node-keeper.ts';
import { ScenePlanner } from './scene-planner.ts';
import type { Shown } from './use-drawn.ts';

const stages = [{ name: 'test' }];
const jobs = ['a', 'b', 'c'].map((name) => ({ ...drawable(name), status: 'pending' }) as PipelineJob);

/** The pipeline of a page with these jobs. */
const shownWith = (now: PipelineJob[]): Shown => ({
  fullPath: 'group/project',
  graph: { jobs: now } as PipelineGraph,
  link: null,
  error: null,
});

test('a status that changes makes one new node, of that job; all others are the objects that they were', () => {
  const planner = new ScenePlanner();
  const keeper = new NodeKeeper();
  const nodesWith = (now: PipelineJob[]) =>
    keeper.nodes(
      planner.scene({ id: 1, stages, jobs: now, children: [] }, 'needs', new Set()),
      new Map([[1, shownWith(now)]]),
    );
  const before = nodesWith(jobs);
  const after = nodesWith(jobs.map((job) => (job.name === 'b' ? { ...job, status: 'running' } : job)));
  expect(after).toHaveLength(3);
  const changed = after.filter((node) => !before.includes(node));
  expect(changed.map(({ id }) => id)).toEqual(['1/job:b']);
});
