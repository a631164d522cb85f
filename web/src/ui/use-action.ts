import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useToasts } from './toasts.tsx';

interface Action<T> {
  act: (subject: T) => Promise<unknown>;
  /** What is said once it is done. */
  done?: (subject: T) => string;
  /** What it makes stale: the stream may be late, or not there. */
  stale: QueryKey;
  /** Shows the outcome before it is there; returns what takes that back. */
  foresee?: (subject: T) => (() => void) | undefined;
}

/** Does something on the server; what the server says against it is shown, and what was foreseen is taken back. */
export function useAction<T>({ act, done, stale, foresee }: Action<T>) {
  const client = useQueryClient();
  const toasts = useToasts();
  const mutation = useMutation({
    mutationFn: act,
    onMutate: async (subject: T) => {
      if (foresee) await client.cancelQueries({ queryKey: stale });
      return foresee?.(subject);
    },
    onError: (error, _subject, takeBack) => {
      takeBack?.();
      toasts.problem(error);
    },
    onSuccess: (_reply, subject) => done && toasts.done(done(subject)),
    onSettled: () => client.invalidateQueries({ queryKey: stale }),
  });
  return {
    run: mutation.mutate,
    /** What it is being done to. */
    busyWith: mutation.isPending ? mutation.variables : undefined,
  };
}
