import {
  type ComponentType,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { useCamera } from './camera.ts';
import css from './canvas.module.css';
import { JobNode } from './job-node.tsx';
import { FarNodes } from './far-nodes.tsx';
import type { GraphNode, PlaceNode } from './node-keeper.ts';
import { FoldNode, GateNode, PipelineFrame, StageNode } from './other-nodes.tsx';
import { type NodeProps, seatOf } from './seat.ts';
import { isWithin, type Looking } from './viewport.ts';

interface Props {
  label: string;
  nodes: readonly GraphNode[];
  start: Looking;
  onKeyDown: (event: KeyboardEvent) => void;
  /** What lies under the nodes. */
  children: ReactNode;
}

/** Below this nobody reads names. */
const FAR = 0.4;
const NOTHING: { seen: readonly GraphNode[]; isFar: boolean } = { seen: [], isFar: false };

/** The picture, as the camera looks at it: of the nodes only those in sight are there. */
export function Canvas({ label, nodes, start, onKeyDown, children }: Props) {
  const camera = useCamera();
  const frame = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (frame.current && layer.current) return camera.open(frame.current, layer.current, start);
  }, [camera, start]);
  const sight = useSyncExternalStore(camera.subscribe, () => camera.sight);
  const isFar = useSyncExternalStore(camera.subscribe, () => camera.room.transform[2] < FAR);
  const now = useMemo(
    () => ({ seen: nodes.filter(({ box }) => isWithin(box, sight)), isFar }),
    [nodes, sight, isFar],
  );
  // Hundreds of nodes are drawn in slices, between which the page does what else there is to do.
  const { seen, isFar: isSeenFromFar } = useDeferredValue(now, NOTHING);
  const [near, far] = useMemo(() => (isSeenFromFar ? apart(seen) : [seen, []]), [seen, isSeenFromFar]);
  useDrawnMark(seen.length);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the links within it
    <div ref={frame} className={css.canvas} role="application" aria-label={label} onKeyDown={onKeyDown}>
      <div ref={layer} className={css.layer}>
        {children}
        {near.map((node) => (
          <Placed key={node.id} node={node} />
        ))}
        <FarNodes nodes={far} />
      </div>
    </div>
  );
}

/** Says in the browser's own measurements when the graph had been drawn: `performance.getEntriesByName('graph drawn')`. */
function useDrawnMark(nodes: number): void {
  useEffect(() => {
    if (nodes === 0) return;
    const frame = requestAnimationFrame(() => performance.mark('graph drawn', { detail: { nodes } }));
    return () => cancelAnimationFrame(frame);
  }, [nodes]);
}

const isWork = (node: GraphNode): node is PlaceNode =>
  node.type === 'job' || node.type === 'fold' || node.type === 'head';

/** What is drawn as it is near, and what is only a block of colour from far. */
function apart(nodes: readonly GraphNode[]): [near: GraphNode[], far: PlaceNode[]] {
  return [nodes.filter((node) => !isWork(node)), nodes.filter(isWork)];
}

const PLACES: Record<PlaceNode['type'], ComponentType<NodeProps>> = {
  job: JobNode,
  fold: FoldNode,
  head: FoldNode,
  stage: StageNode,
  gate: GateNode,
};

const Placed = memo(function Placed({ node }: { node: GraphNode }) {
  const seat = seatOf(node);
  if (node.type === 'frame') return <PipelineFrame node={node} seat={seat} />;
  const Place = PLACES[node.type];
  return <Place node={node} seat={seat} />;
});
