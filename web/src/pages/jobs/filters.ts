/** The tabs of the list: what each is called, and the statuses that are in it. */
export const TABS = [
  { value: 'all', label: 'All', scope: [] },
  {
    value: 'active',
    label: 'Under way',
    scope: ['waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running', 'canceling'],
  },
  { value: 'failed', label: 'Failed', scope: ['failed'] },
  { value: 'success', label: 'Passed', scope: ['success'] },
  { value: 'waiting', label: 'Manual and delayed', scope: ['manual', 'scheduled'] },
  { value: 'canceled', label: 'Canceled and skipped', scope: ['canceled', 'skipped'] },
] as const;
export type Tab = (typeof TABS)[number];

export const FILTERS = ['name', 'ref', 'before'] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

const PER_PAGE = 30;

/** The query of the API: a page of jobs by their number, older than the one that `before` names. */
export function queryOf(scope: Tab['scope'], { name, ref, before }: Filters) {
  return {
    pagination: 'keyset',
    order_by: 'id',
    sort: 'desc' as const,
    per_page: PER_PAGE,
    ...(scope.length > 0 && { 'scope[]': [...scope] }),
    ...(name && { name }),
    ...(ref && { ref }),
    ...(before && /^\d{1,15}$/.test(before) && { id_before: Number(before) }),
  };
}
