import { isActive } from '../../ui/status.tsx';

export type Action = 'retry' | 'cancel';

/** What a list offers of a pipeline for its status; whether its jobs let it, the server knows. */
export function actionsOf(status: string, mayUpdate: boolean): readonly Action[] {
  if (!mayUpdate) return [];
  if (isActive(status)) return status === 'canceling' ? [] : ['cancel'];
  if (status === 'failed' || status === 'canceled') return ['retry'];
  return status === 'manual' ? ['cancel'] : [];
}
