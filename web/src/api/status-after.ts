type After<S extends string> = S | 'pending' | 'canceled' | 'canceling';

/** The status that a job, or a pipeline, most likely has once this has been done with it: as it was, where that changes none. */
export function statusAfter<S extends string>(status: S, action: string): After<S> {
  switch (action) {
    case 'play':
    case 'retry':
      return 'pending';
    case 'force_cancel':
      return 'canceled';
    case 'cancel':
      return status === 'running' ? 'canceling' : 'canceled';
    default:
      return status;
  }
}
