import type { Change } from './change.ts';

/** Jobs of one pipeline that are told one by one. */
const SOME_JOBS = 50;
/** Changes that wait at most; of more, only that something was missed is known. */
const MOST = 2000;

/** Changes that wait to be told of: each thing once, however often it has changed. */
export class PendingChanges {
  #byKey = new Map<string, Change>();
  #tooMany = false;

  get isEmpty(): boolean {
    return this.#byKey.size === 0 && !this.#tooMany;
  }

  add(change: Change): void {
    if (this.#tooMany) return;
    const key = keyOf(change);
    const known = this.#byKey.get(key);
    this.#byKey.set(key, known ? merge(known, change) : bounded(change));
    if (this.#byKey.size <= MOST) return;
    this.#byKey.clear();
    this.#tooMany = true;
  }

  /** All of them, which wait no longer; null: there were too many. */
  take(): Change[] | null {
    const taken = this.#tooMany ? null : [...this.#byKey.values()];
    this.#byKey = new Map();
    this.#tooMany = false;
    return taken;
  }
}

function keyOf(change: Change): string {
  switch (change.type) {
    case 'jobs':
      return `jobs ${change.pipeline_id}`;
    case 'ref':
      return `ref ${change.project_id} ${change.ref}`;
    case 'refs':
      return `refs ${change.project_id}`;
    case 'variables':
      return `variables ${change.project_id} ${change.group_id}`;
    case 'access':
      return `access ${change.user_id} ${change.project_id}`;
    default:
      return `${change.type} ${change.id}`;
  }
}

/** The later one counts, together with what the earlier one has besides. */
function merge(earlier: Change, later: Change): Change {
  if (earlier.type === 'jobs' && later.type === 'jobs')
    return bounded({
      ...later,
      ids: earlier.ids && later.ids && [...new Set([...earlier.ids, ...later.ids])],
    });
  if (earlier.type === 'ref' && later.type === 'ref') return { ...later, before: earlier.before };
  if (earlier.type === 'runner' && later.type === 'runner') return leaving(earlier, later);
  return later;
}

function leaving(earlier: RunnerChange, later: RunnerChange): RunnerChange {
  const left = [earlier.left, later.left].filter((one) => one !== undefined);
  if (left.length === 0) return later;
  const [project_ids, group_ids] = [
    left.flatMap((one) => one.project_ids),
    left.flatMap((one) => one.group_ids),
  ];
  return { ...earlier, ...later, left: { project_ids, group_ids } };
}

type RunnerChange = Extract<Change, { type: 'runner' }>;

const bounded = (change: Change): Change =>
  change.type === 'jobs' && change.ids && change.ids.length > SOME_JOBS ? { ...change, ids: null } : change;
