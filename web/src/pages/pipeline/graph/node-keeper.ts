import type { Node } from '@xyflow/react';
import type { PipelineJob } from '../../../api/schema.ts';
import { type Frame, frameKey, type Scene, type ScenePlace } from './scene.ts';
import type { Shown } from './use-drawn.ts';

export interface PlaceData extends Record<string, unknown> {
  place: ScenePlace;
  fullPath: string;
  jobs: readonly PipelineJob[];
}
export interface FrameData extends Record<string, unknown> {
  frame: Frame;
  shown: Shown;
}
export type PlaceNode = Node<PlaceData, 'job' | 'fold' | 'head' | 'stage' | 'gate'>;
export type FrameNode = Node<FrameData, 'frame'>;
export type GraphNode = PlaceNode | FrameNode;

/** The nodes of a scene. One whose jobs are as they were is the object that it was, so that it is not drawn anew. */
export class NodeKeeper {
  #before: ReadonlyMap<string, GraphNode> = new Map();

  nodes(scene: Scene, shown: ReadonlyMap<number, Shown>): GraphNode[] {
    const nodes = nodesOf(scene, shown, this.#before);
    this.#before = new Map(nodes.map((node) => [node.id, node]));
    return nodes;
  }
}

function nodesOf(
  scene: Scene,
  shown: ReadonlyMap<number, Shown>,
  before: ReadonlyMap<string, GraphNode>,
): GraphNode[] {
  const jobs = new Map([...shown].map(([id, { graph }]) => [id, jobsByName(graph?.jobs ?? [])]));
  return [
    ...scene.frames.flatMap((frame): GraphNode[] => {
      const of = shown.get(frame.pipeline);
      return of ? [frameNode(frame, of, before.get(frameKey(frame.pipeline)))] : [];
    }),
    ...scene.places.map((place) => {
      const own = jobs.get(place.pipeline);
      const data: PlaceData = {
        place,
        fullPath: shown.get(place.pipeline)?.fullPath ?? '',
        jobs: place.names.flatMap((name) => own?.get(name) ?? []),
      };
      return placeNode(data, before.get(place.key));
    }),
  ];
}

const jobsByName = (jobs: readonly PipelineJob[]) => new Map(jobs.map((job) => [job.name, job]));

const around = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => ({
  position: { x, y },
  width,
  height,
  // Known beforehand, so that nothing is measured.
  measured: { width, height },
});

function placeNode(data: PlaceData, known: GraphNode | undefined): GraphNode {
  if (known && known.type !== 'frame' && isSame(known.data, data)) return known;
  const { place } = data;
  return { id: place.key, type: place.kind, data, ...around(place), zIndex: 0 };
}

const isSame = (one: PlaceData, other: PlaceData) =>
  one.place === other.place &&
  one.fullPath === other.fullPath &&
  one.jobs.length === other.jobs.length &&
  one.jobs.every((job, index) => job === other.jobs[index]);

function frameNode(frame: Frame, shown: Shown, known: GraphNode | undefined): GraphNode {
  const isKnown =
    known?.type === 'frame' &&
    known.data.frame === frame &&
    known.data.shown.graph?.pipeline === shown.graph?.pipeline &&
    known.data.shown.error === shown.error;
  if (isKnown) return known;
  return {
    id: frameKey(frame.pipeline),
    type: 'frame',
    data: { frame, shown },
    ...around(frame),
    zIndex: -2,
  };
}
