import { useDeferredValue, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useRefs } from '../../api/refs.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Filters as Bar } from '../../ui/filters.tsx';
import { lookOf } from '../../ui/status.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import type { useSearchValues } from '../../address/use-search.ts';
import { type Filters, FILTERS, isFiltered, SOURCES, STATUSES } from './filters.ts';

interface Props {
  fullPath: string;
  filters: Filters;
  set: ReturnType<typeof useSearchValues<(typeof FILTERS)[number]>>[1];
}

const any = (label: string) => ({ value: '', label });

/** The filters of the list; each stands in the address. */
export function FilterBar({ fullPath, filters, set }: Props) {
  const [refText, setRefText] = useState(filters.ref ?? '');
  const refs = useRefs(fullPath, useDeferredValue(refText));
  const [nameText, setNameText] = useState(filters.username ?? '');
  const authors = useAuthors(fullPath, useDeferredValue(nameText));
  const clear = () => set(Object.fromEntries(FILTERS.map((name) => [name, null])));
  return (
    <Bar label="Filters of pipelines" onClear={isFiltered(filters) ? clear : undefined}>
      <SelectField
        label="Status"
        value={filters.status ?? ''}
        options={[any('Any status'), ...STATUSES.map((value) => ({ value, label: lookOf(value).label }))]}
        onChange={(status) => set({ status })}
      />
      <SuggestField
        label="Branch or tag"
        value={filters.ref ?? ''}
        placeholder="Any"
        suggestions={refs}
        onSearch={setRefText}
        onChange={(ref) => set({ ref })}
      />
      <SelectField
        label="Source"
        value={filters.source ?? ''}
        options={[any('Any source'), ...Object.entries(SOURCES).map(([value, label]) => ({ value, label }))]}
        onChange={(source) => set({ source })}
      />
      <SuggestField
        label="Author"
        value={filters.username ?? ''}
        placeholder="Anybody"
        suggestions={authors}
        onSearch={setNameText}
        onChange={(username) => set({ username })}
      />
      <SelectField
        label="Which"
        value={filters.scope ?? ''}
        options={[
          any('All pipelines'),
          { value: 'branches', label: 'Newest of each branch' },
          { value: 'tags', label: 'Newest of each tag' },
          { value: 'pending', label: 'Pending' },
          { value: 'running', label: 'Running' },
          { value: 'finished', label: 'Finished' },
        ]}
        onChange={(scope) => set({ scope })}
      />
      <TextField
        label="From"
        type="date"
        value={filters.from ?? ''}
        max={filters.to}
        onChange={(from) => set({ from }, 'typed')}
      />
      <TextField
        label="To"
        type="date"
        value={filters.to ?? ''}
        min={filters.from}
        onChange={(to) => set({ to }, 'typed')}
      />
    </Bar>
  );
}

/** Usernames of the project's members that fit the text. */
function useAuthors(fullPath: string, query: string): readonly string[] {
  const { data } = useQuery({
    queryKey: keys.project(fullPath, 'suggested-authors', query),
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/members/all', {
          params: { path: { id: fullPath }, query: { per_page: 20, ...(query === '' ? {} : { query }) } },
        }),
      ),
    retry: false,
  });
  return (data ?? []).map(({ username }) => username);
}
