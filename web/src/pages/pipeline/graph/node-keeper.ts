import type { PipelineJob } from '../../../api/schema.ts';
import type { Box } from './layout.ts';
import { type Frame, frameKey, type Scene, type ScenePlace } from './scene.ts';
import type { Shown } from './use-drawn.ts';

interface Drawn {
  id: string;
  box: Box;
}
/** What is drawn of a place, with the jobs that it stands for. */
export interface PlaceNode extends Drawn {
  type: ScenePlace['kind'];
  place: ScenePlace;
  fullPath: string;
  jobs: readonly PipelineJob[];
}
export interface FrameNode extends Drawn {
  type: 'frame';
  frame: Frame;
  shown: Shown;
}
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
      const node: PlaceNode = {
        id: place.key,
        type: place.kind,
        box: place,
        place,
        fullPath: shown.get(place.pipeline)?.fullPath ?? '',
        jobs: place.names.flatMap((name) => own?.get(name) ?? []),
      };
      const known = before.get(place.key);
      return known && known.type !== 'frame' && isSame(known, node) ? known : node;
    }),
  ];
}

const jobsByName = (jobs: readonly PipelineJob[]) => new Map(jobs.map((job) => [job.name, job]));

const isSame = (one: PlaceNode, other: PlaceNode) =>
  one.place === other.place &&
  one.fullPath === other.fullPath &&
  one.jobs.length === other.jobs.length &&
  one.jobs.every((job, index) => job === other.jobs[index]);

function frameNode(frame: Frame, shown: Shown, known: GraphNode | undefined): GraphNode {
  const isKnown =
    known?.type === 'frame' &&
    known.frame === frame &&
    known.shown.graph?.pipeline === shown.graph?.pipeline &&
    known.shown.error === shown.error;
  if (isKnown) return known;
  return { id: frameKey(frame.pipeline), type: 'frame', box: frame, frame, shown };
}
