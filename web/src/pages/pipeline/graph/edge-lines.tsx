import { memo, useMemo } from 'react';
import { useChain } from './focus-store.ts';
import css from './node.module.css';
import type { Box } from './layout.ts';
import { frameKey, lineOf, type Scene } from './scene.ts';
import type { Mode } from './scene-planner.ts';

/**
 * All lines of the graph as two paths, those of the chain that is looked at and all others, rather than an element
 * for each of thousands. By stages needs are only drawn of what is looked at.
 */
export const EdgeLines = memo(function EdgeLines({ scene, mode }: { scene: Scene; mode: Mode }) {
  const chain = useChain();
  const boxes = useMemo(() => {
    const all = new Map<string, Box>(scene.places.map((place) => [place.key, place]));
    for (const frame of scene.frames) all.set(frameKey(frame.pipeline), frame);
    return all;
  }, [scene]);
  const base = useMemo(
    () => pathOf(scene, boxes, (_from, to) => mode === 'needs' || to.startsWith('frame:')),
    [scene, boxes, mode],
  );
  const looked = useMemo(
    () => (chain === null ? '' : pathOf(scene, boxes, (from, to) => chain.has(from) && chain.has(to))),
    [scene, boxes, chain],
  );
  return (
    <svg className={css.lines} width={1} height={1} aria-hidden>
      <path d={base} className={css.line} data-dim={chain !== null} />
      <path d={looked} className={css.looked} />
    </svg>
  );
});

function pathOf(
  scene: Scene,
  boxes: ReadonlyMap<string, Box>,
  wanted: (from: string, to: string) => boolean,
): string {
  return scene.edges
    .map(([from, to]) => (wanted(from, to) ? (lineOf(boxes.get(from), boxes.get(to)) ?? '') : ''))
    .join('');
}
