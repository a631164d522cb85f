import type { PipelineJob } from '../../../api/schema.ts';

/** What is drawn of a job: enough to place it, so that a change of its status places nothing anew. */
export type Drawable = Pick<PipelineJob, 'id' | 'name' | 'group' | 'stage'> & {
  needs: readonly { name: string }[] | null;
};

/**
 * A thing in the graph. A `fold` stands for all jobs of one `parallel`; unfolded it is a `head` above its jobs.
 */
export interface Item {
  /** Stays the same when a job is retried. */
  key: string;
  kind: 'job' | 'fold' | 'head';
  label: string;
  stage: string;
  /** The names of the jobs that it stands for; of a head, of those below it. */
  names: readonly string[];
  /** Keys of the items that it waits for; null: it follows its stage. */
  needs: readonly string[] | null;
  /** The head that it stands under. */
  under: string | null;
}

const byName = new Intl.Collator('en', { numeric: true });
/** Which of two jobs or groups of a stage stands first: never a matter of when it was retried. */
export const compareNames = byName.compare;

const foldKey = (stage: string, group: string) => `fold:${stage}:${group}`;
const jobKey = (name: string) => `job:${name}`;

/** What is to be drawn, by stage in the given order and then by name; `unfolded` holds keys of folds. */
export function graphItems(
  jobs: readonly Drawable[],
  stages: readonly string[],
  unfolded: ReadonlySet<string>,
): Item[] {
  const groups = Map.groupBy(latestOf(jobs), ({ stage, group }) => foldKey(stage, group));
  const keyOf = new Map<string, string>();
  for (const [key, members] of groups)
    for (const { name } of members) keyOf.set(name, isFolded(key, members, unfolded) ? key : jobKey(name));
  const needsOf = (members: readonly Drawable[]) => {
    if (members.some(({ needs }) => needs === null)) return null;
    const keys = members.flatMap(({ needs }) => (needs ?? []).map(({ name }) => keyOf.get(name)));
    return [...new Set(keys.filter((key) => key !== undefined))];
  };
  const order = new Map(stages.map((stage, index) => [stage, index]));
  const place = (stage: string) => order.get(stage) ?? stages.length;
  return [...groups]
    .map(([key, members]) => ({
      key,
      members,
      stage: members[0]?.stage ?? '',
      group: members[0]?.group ?? '',
    }))
    .toSorted((one, other) => place(one.stage) - place(other.stage) || compareNames(one.group, other.group))
    .flatMap(({ key, members, stage, group }): Item[] => {
      const sorted = members.toSorted((one, other) => compareNames(one.name, other.name));
      const names = sorted.map(({ name }) => name);
      const whole = { key, label: group, stage, names, needs: needsOf(members), under: null };
      if (isFolded(key, members, unfolded)) return [{ ...whole, kind: 'fold' }];
      const head: Item[] = members.length > 1 ? [{ ...whole, kind: 'head' }] : [];
      const each = sorted.map((job): Item => ({
        key: jobKey(job.name),
        kind: 'job',
        label: job.name,
        stage,
        names: [job.name],
        needs: needsOf([job]),
        under: members.length > 1 ? key : null,
      }));
      return [...head, ...each];
    });
}

const isFolded = (key: string, members: readonly unknown[], unfolded: ReadonlySet<string>) =>
  members.length > 1 && !unfolded.has(key);

/** Two that bear one name, as statuses from outside may, are drawn as the later one. */
const latestOf = (jobs: readonly Drawable[]) => [
  ...new Map(jobs.toSorted((one, other) => one.id - other.id).map((job) => [job.name, job])).values(),
];
