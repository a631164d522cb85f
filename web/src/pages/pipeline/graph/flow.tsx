import '@xyflow/react/dist/base.css';
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import type { PipelineGraph } from '../../../api/schema.ts';
import { useAskedActions } from '../job-action.tsx';
import { EdgeLines } from './edge-lines.tsx';
import css from './flow.module.css';
import { FocusContext, FocusStore } from './focus-store.ts';
import { GraphContext } from './graph-context.ts';
import { GraphTools } from './graph-tools.tsx';
import { JobNode } from './job-node.tsx';
import { type GraphNode, NodeKeeper } from './node-keeper.ts';
import { FoldNode, GateNode, PipelineFrame, StageNode } from './other-nodes.tsx';
import type { Scene, ScenePlace } from './scene.ts';
import { type Mode, ScenePlanner } from './scene-planner.ts';
import { isArrow, stepFrom } from './step.ts';
import { useDrawn } from './use-drawn.ts';
import { useUnfolded } from './use-unfolded.ts';
import { isInView, type Looking, MARGIN, startOf, toShow } from './viewport.ts';

const NODE_TYPES = {
  job: JobNode,
  fold: FoldNode,
  head: FoldNode,
  stage: StageNode,
  gate: GateNode,
  frame: PipelineFrame,
};

interface Props {
  fullPath: string;
  graph: PipelineGraph;
  mode: Mode;
  /** Where the buttons go: beside the picture, so that they hide nothing of it. */
  tools: HTMLElement | null;
}

/** The graph of a pipeline: panned, zoomed, unfolded, and walked through with the arrow keys. */
export function Flow(props: Props) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

function Picture({ fullPath, graph, mode, tools: bar }: Props) {
  const { unfolded, toggle, foldAll } = useUnfolded();
  const { drawn, shown } = useDrawn(fullPath, graph, unfolded);
  const [planner] = useState(() => new ScenePlanner());
  const [store] = useState(() => new FocusStore());
  const scene = planner.scene(drawn, mode, unfolded);
  const [keeper] = useState(() => new NodeKeeper());
  const nodes = keeper.nodes(scene, shown);
  const stops = useMemo(
    () => scene.places.filter(({ kind }) => kind !== 'stage' && kind !== 'gate'),
    [scene],
  );
  useLayoutEffect(() => store.setEdges(scene.edges), [store, scene]);
  useLayoutEffect(() => {
    if (!stops.some(({ key }) => key === store.current) && stops[0])
      store.moveTo(stops[0].key, { take: false });
  }, [store, stops]);
  const pressed = useArrows(store, stops);
  const moved = useNearTabStop(store, stops);
  const [start, setStart] = useState<Looking | null>(null);
  const measure = useCallback(
    (frame: HTMLDivElement | null) => {
      // What is unfolded later leaves the view where it is.
      if (frame) setStart((known) => known ?? startOf(frame.clientWidth, scene.width));
    },
    [scene.width],
  );
  useShowUnfolded(scene);
  useDrawnMark(nodes.length);
  const { act, dialog } = useAskedActions();
  const tools = useMemo(() => ({ act, toggle, unfolded }), [act, toggle, unfolded]);
  return (
    <FocusContext value={store}>
      <GraphContext value={tools}>
        <div
          ref={measure}
          className={css.frame}
          style={{ height: Math.min(Math.max(scene.height * (start?.zoom ?? 1) + MARGIN * 2, 220), 900) }}
        >
          {start && (
            <ReactFlow<GraphNode>
              nodes={nodes}
              nodeTypes={NODE_TYPES}
              defaultViewport={start}
              minZoom={0.05}
              maxZoom={1.5}
              onlyRenderVisibleElements
              nodesDraggable={false}
              nodesConnectable={false}
              nodesFocusable={false}
              edgesFocusable={false}
              elementsSelectable={false}
              disableKeyboardA11y
              zoomOnScroll={false}
              zoomOnDoubleClick={false}
              preventScrolling={false}
              deleteKeyCode={null}
              selectionKeyCode={null}
              multiSelectionKeyCode={null}
              panActivationKeyCode={null}
              onKeyDown={pressed}
              onMoveEnd={moved}
              aria-label="Graph of the pipeline's jobs. The arrow keys lead from one to the next; the tab Jobs lists them."
            >
              <EdgeLines scene={scene} mode={mode} />
            </ReactFlow>
          )}
        </div>
        {bar && createPortal(<GraphTools onFold={unfolded.size > 0 ? foldAll : null} />, bar)}
        {dialog}
      </GraphContext>
    </FocusContext>
  );
}

/** A pipeline that has just been unfolded is brought into sight, at once and when its jobs are here. */
function useShowUnfolded(scene: Scene): void {
  const { setViewport } = useReactFlow();
  const state = useStoreApi();
  const known = useRef<ReadonlyMap<number, boolean> | null>(null);
  useEffect(() => {
    const before = known.current;
    const now = new Map(scene.frames.map(({ pipeline }) => [pipeline, hasJobs(scene, pipeline)]));
    known.current = now;
    const fresh = before && scene.frames.find(({ pipeline }) => before.get(pipeline) !== now.get(pipeline));
    if (fresh) void setViewport(toShow(fresh, state.getState(), scene.width));
  }, [scene, setViewport, state]);
}
const hasJobs = ({ places }: Scene, id: number) => places.some(({ pipeline }) => pipeline === id);

/** Arrow keys lead to the next place, which is brought into view and then takes the focus. */
function useArrows(store: FocusStore, stops: readonly ScenePlace[]) {
  const { setCenter } = useReactFlow();
  const state = useStoreApi();
  return useCallback(
    (event: KeyboardEvent) => {
      const key = (event.target as HTMLElement).dataset.place;
      const from = stops.find((place) => place.key === key);
      if (!from || !isArrow(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const to = stepFrom(from, event.key, stops);
      if (!to) return;
      const room = state.getState();
      const [, , zoom] = room.transform;
      if (!isInView(to, room)) void setCenter(to.x + to.width / 2, to.y + to.height / 2, { zoom });
      store.moveTo(to.key);
    },
    [store, stops, setCenter, state],
  );
}

/** Once the picture has been moved, Tab leads to a job that is in sight: one that is not, is not there. */
function useNearTabStop(store: FocusStore, stops: readonly ScenePlace[]) {
  const state = useStoreApi();
  return useCallback(() => {
    const room = state.getState();
    const current = stops.find(({ key }) => key === store.current);
    if (current && isInView(current, room)) return;
    const near = stops.find((place) => isInView(place, room));
    if (near) store.moveTo(near.key, { take: false });
  }, [store, stops, state]);
}

/** Says in the browser's own measurements when the graph had been drawn: `performance.getEntriesByName('graph drawn')`. */
function useDrawnMark(nodes: number): void {
  const isThere = useStore(({ width }) => width > 0) && nodes > 0;
  useEffect(() => {
    if (!isThere) return;
    const frame = requestAnimationFrame(() => performance.mark('graph drawn', { detail: { nodes } }));
    return () => cancelAnimationFrame(frame);
  }, [isThere, nodes]);
}
