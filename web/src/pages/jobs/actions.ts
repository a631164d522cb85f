export type Action = 'play' | 'retry' | 'cancel';

const CANCELABLE = [
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'created',
  'scheduled',
];

interface Listed {
  status: string;
  archived: boolean;
  failure_reason?: string;
}

/** What a list offers of a job for its status; whether a newer attempt has taken its place, the server knows. */
export function actionsOf(
  { status, archived, failure_reason: reason }: Listed,
  can: (ability: string) => boolean,
): readonly Action[] {
  const actions: Action[] = [];
  const updates = can('update_build') && !archived;
  if (updates && (status === 'manual' || status === 'scheduled')) actions.push('play');
  if (can('cancel_build') && CANCELABLE.includes(status)) actions.push('cancel');
  const ended = status === 'success' || status === 'failed' || status === 'canceled';
  if (updates && ended && reason !== 'archived_failure') actions.push('retry');
  return actions;
}
