import { useQuery } from '@tanstack/react-query';
import type { Owner } from '../../api/owner.ts';
import { Choice } from '../../ui/choice.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Filters as Bar } from '../../ui/filters.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { countsQuery, type Filters, RUNNER_STATUSES, TYPES } from './queries.ts';
import { statusText } from './runner-status.tsx';
import css from './runners.module.css';

const LABELS = {
  server: { project_type: 'Of projects', group_type: 'Of groups', instance_type: 'Of the server' },
  group: { project_type: 'Of projects', group_type: 'Of groups', instance_type: 'Of the server' },
  project: { project_type: 'Of this project', group_type: 'Of its groups', instance_type: 'Of the server' },
} as const;

interface Props {
  owner: Owner;
  filters: Filters;
  set: (changes: Partial<Record<keyof Filters, string | null>>) => void;
  onClear: (() => void) | undefined;
}

/** Which of the runners are listed: by whose they are, whether they are there, and what they take. */
export function RunnerFilters({ owner, filters, set, onClear }: Props) {
  const { data: counts } = useQuery(countsQuery(owner));
  const types = TYPES.filter((type) => owner.scope !== 'group' || type !== 'project_type');
  return (
    <>
      <div className={css.types}>
        <Choice
          label="Whose runners"
          value={filters.type ?? 'all'}
          options={[
            { value: 'all', label: 'All' },
            ...types.map((type) => ({
              value: type as string,
              label: (
                <>
                  {LABELS[owner.scope][type]} <Count of={counts?.[type]} />
                </>
              ),
            })),
          ]}
          onChange={(type) => set({ type: type === 'all' ? null : type })}
        />
      </div>
      <Bar label="Filters of runners" onClear={onClear}>
        <SuggestField
          label="Search"
          placeholder="Description"
          value={filters.search ?? ''}
          suggestions={[]}
          onChange={(search) => set({ search })}
        />
        <SelectField
          label="Status"
          value={filters.status ?? ''}
          options={[
            { value: '', label: 'Any status' },
            ...RUNNER_STATUSES.map((value) => ({ value, label: statusText(value) })),
          ]}
          onChange={(status) => set({ status })}
        />
        <SuggestField
          label="Tags"
          placeholder="Has all of these"
          value={filters.tag ?? ''}
          suggestions={[]}
          onChange={(tag) => set({ tag })}
        />
      </Bar>
    </>
  );
}

const Count = ({ of }: { of: number | null | undefined }) =>
  typeof of === 'number' ? <span className={css.count}>{of}</span> : null;
