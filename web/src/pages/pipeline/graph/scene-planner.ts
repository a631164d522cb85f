import { type Drawable, graphItems } from './items.ts';
import type { Layout } from './layout.ts';
import { layoutByNeeds } from './layout-needs.ts';
import { layoutByStages } from './layout-stages.ts';
import { type Plan, type Scene, sceneOf } from './scene.ts';

export type Mode = 'stages' | 'needs';

/** A pipeline that is drawn, and what is unfolded from it. `jobs` null: they are not here yet. */
export interface Drawn {
  id: number;
  stages: readonly { name: string }[];
  jobs: readonly Drawable[] | null;
  /** By the name of the bridge; null: begun by a job's token. */
  children: readonly { from: string | null; drawn: Drawn }[];
}

const EMPTY: Layout = { places: [], edges: [], width: 0, height: 24 };

/** Places a tree of pipelines, and gives back the very same scene until its jobs, needs or what is unfolded are others. */
export class ScenePlanner {
  readonly #layouts = new Map<number, { of: string; layout: Layout }>();
  #last: { of: string; scene: Scene } | null = null;

  scene(root: Drawn, mode: Mode, unfolded: ReadonlySet<string>): Scene {
    const plan = this.#plan(root, mode, unfolded);
    const of = this.#signature(plan);
    if (this.#last?.of !== of) this.#last = { of, scene: sceneOf(plan) };
    return this.#last.scene;
  }

  #plan(drawn: Drawn, mode: Mode, unfolded: ReadonlySet<string>): Plan {
    const layout = this.#layout(drawn, mode, unfolded);
    const placeOf = (name: string) =>
      layout.places.find(({ kind, names }) => (kind === 'job' || kind === 'fold') && names.includes(name));
    return {
      id: drawn.id,
      layout,
      children: drawn.children.map(({ from, drawn: child }) => ({
        from: from === null ? null : (placeOf(from)?.key ?? null),
        plan: this.#plan(child, mode, unfolded),
      })),
    };
  }

  #layout({ id, jobs, stages }: Drawn, mode: Mode, unfolded: ReadonlySet<string>): Layout {
    if (jobs === null) return EMPTY;
    const names = stages.map(({ name }) => name);
    const structure = jobs.map((job) => [job.name, job.group, job.stage, job.needs?.map(({ name }) => name)]);
    const of = JSON.stringify([mode, [...unfolded], names, structure]);
    const known = this.#layouts.get(id);
    if (known?.of === of) return known.layout;
    const items = graphItems(jobs, names, unfolded);
    const layout = mode === 'needs' ? layoutByNeeds(items) : layoutByStages(items);
    this.#layouts.set(id, { of, layout });
    return layout;
  }

  readonly #numbers = new WeakMap<Layout, number>();
  #next = 1;
  #signature({ id, layout, children }: Plan): string {
    const number = this.#numbers.get(layout) ?? this.#next++;
    this.#numbers.set(layout, number);
    return `${id}:${number}(${children.map(({ from, plan }) => `${from}>${this.#signature(plan)}`).join()})`;
  }
}
