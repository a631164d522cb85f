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
import { Camera, CameraContext } from './camera.ts';
import { Canvas } from './canvas.tsx';
import { EdgeLines } from './edge-lines.tsx';
import css from './flow.module.css';
import { FocusContext, FocusStore } from './focus-store.ts';
import { GraphContext } from './graph-context.ts';
import { GraphTools } from './graph-tools.tsx';
import { NodeKeeper } from './node-keeper.ts';
import type { Scene, ScenePlace } from './scene.ts';
import { type Mode, ScenePlanner } from './scene-planner.ts';
import { isArrow, stepFrom } from './step.ts';
import { useDrawn } from './use-drawn.ts';
import { useUnfolded } from './use-unfolded.ts';
import { isInView, type Looking, MARGIN, startOf, toBegin, toShow } from './viewport.ts';

interface Props {
  fullPath: string;
  graph: PipelineGraph;
  mode: Mode;
  /** Where the buttons go: beside the picture, so that they hide nothing of it. */
  tools: HTMLElement | null;
}

/** The graph of a pipeline: panned, zoomed, unfolded, and walked through with the arrow keys. */
export function Flow({ fullPath, graph, mode, tools: bar }: Props) {
  const [camera] = useState(() => new Camera());
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
  const pressed = useArrows(camera, store, stops);
  useNearTabStop(camera, store, stops);
  const [start, setStart] = useState<Looking | null>(null);
  const measure = useCallback(
    (frame: HTMLDivElement | null) => {
      // What is unfolded later leaves the view where it is.
      if (frame) setStart((known) => known ?? startIn(frame, scene, stops[0]));
    },
    [scene, stops],
  );
  useLayoutEffect(() => camera.hold(scene), [camera, scene]);
  useShowUnfolded(camera, scene);
  const { act, dialog } = useAskedActions();
  const tools = useMemo(() => ({ act, toggle, unfolded }), [act, toggle, unfolded]);
  return (
    <CameraContext value={camera}>
      <FocusContext value={store}>
        <GraphContext value={tools}>
          <div ref={measure} className={css.frame} style={{ height: heightOf(scene, start?.zoom ?? 1) }}>
            {start && (
              <Canvas
                label="Graph of the pipeline's jobs. The arrow keys lead from one to the next; the tab Jobs lists them."
                nodes={nodes}
                start={start}
                onKeyDown={pressed}
              >
                <EdgeLines scene={scene} mode={mode} />
              </Canvas>
            )}
          </div>
          {bar && createPortal(<GraphTools scene={scene} onFold={unfolded.size > 0 ? foldAll : null} />, bar)}
          {dialog}
        </GraphContext>
      </FocusContext>
    </CameraContext>
  );
}

const heightOf = ({ height }: Scene, zoom: number) => height * zoom + MARGIN * 2;

function startIn(frame: HTMLElement, scene: Scene, first: ScenePlace | undefined): Looking {
  const start = startOf(frame.clientWidth, scene.width);
  if (!first) return start;
  // Its style may allow less than all of the picture, and is as high as that at its full size by now.
  return toBegin(start, first, Math.min(frame.clientHeight, heightOf(scene, start.zoom)));
}

/** A pipeline that has just been unfolded is brought into sight, at once and when its jobs are here. */
function useShowUnfolded(camera: Camera, scene: Scene): void {
  const known = useRef<ReadonlyMap<number, boolean> | null>(null);
  useEffect(() => {
    const before = known.current;
    const now = new Map(scene.frames.map(({ pipeline }) => [pipeline, hasJobs(scene, pipeline)]));
    known.current = now;
    const fresh = before && scene.frames.find(({ pipeline }) => before.get(pipeline) !== now.get(pipeline));
    if (fresh) camera.look(toShow(fresh, camera.room, scene.width));
  }, [camera, scene]);
}
const hasJobs = ({ places }: Scene, id: number) => places.some(({ pipeline }) => pipeline === id);

/** Arrow keys lead to the next place, which is brought into view and then takes the focus. */
function useArrows(camera: Camera, store: FocusStore, stops: readonly ScenePlace[]) {
  return useCallback(
    (event: KeyboardEvent) => {
      const key = (event.target as HTMLElement).dataset.place;
      const from = stops.find((place) => place.key === key);
      if (!from || !isArrow(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const to = stepFrom(from, event.key, stops);
      if (!to) return;
      if (!isInView(to, camera.room)) camera.centre(to.x + to.width / 2, to.y + to.height / 2);
      store.moveTo(to.key);
    },
    [camera, store, stops],
  );
}

/** Once the picture has been moved, Tab leads to a job that is in sight: one that is not, is not there. */
function useNearTabStop(camera: Camera, store: FocusStore, stops: readonly ScenePlace[]): void {
  useEffect(
    () =>
      camera.whenRested(() => {
        const current = stops.find(({ key }) => key === store.current);
        if (current && isInView(current, camera.room)) return;
        const near = stops.find((place) => isInView(place, camera.room));
        if (near) store.moveTo(near.key, { take: false });
      }),
    [camera, store, stops],
  );
}
