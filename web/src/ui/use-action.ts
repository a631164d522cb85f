import { type QueryKey, useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { type Foreseen, show } from '../api/foreseen.ts';
import { useToasts } from './toasts.tsx';

interface Action<T, R> {
  act: (subject: T) => Promise<R>;
  /**
   * What is shown before the server has answered. Nothing where only its answer tells what there is to show, as the number
   * of a new job: the button is under way then (`isUnderWay`), and all else stays.
   */
  foresee?: (subject: T) => readonly Foreseen[];
  /** What is said once it is done. */
  done?: (subject: T, reply: R) => string | undefined;
  /** What follows once it is done. */
  followUp?: (subject: T, reply: R) => void;
  /** What follows where it is refused: what has been typed for it is still wanted. */
  refused?: (subject: T) => void;
  /** What it makes stale: the stream may be late, or not there. */
  stale: (subject: T) => readonly QueryKey[];
}

/** How everything is done that changes something outside of forms: seen at once, and taken back with the server's words. */
export function useAction<T, R = unknown>({ act, foresee, done, followUp, refused, stale }: Action<T, R>) {
  const client = useQueryClient();
  const toasts = useToasts();
  const mutationKey = ['action', useId()];
  const { mutate } = useMutation({
    mutationKey,
    mutationFn: act,
    onMutate: (subject: T) => show(client, foresee?.(subject) ?? []),
    onError: (error, subject, shown) => {
      shown?.takeBack();
      toasts.problem(error);
      refused?.(subject);
    },
    onSuccess: (reply, subject, shown) => {
      shown.keep();
      const said = done?.(subject, reply);
      if (said !== undefined) toasts.done(said);
      followUp?.(subject, reply);
    },
    onSettled: (_reply, error, subject) => {
      const fetched = stale(subject).map((queryKey) => client.invalidateQueries({ queryKey }));
      // It is under way until its outcome is shown; where it is refused, that is so already.
      return error === null ? Promise.all(fetched) : undefined;
    },
  });
  const underWay = useMutationState({
    filters: { mutationKey, status: 'pending' },
    select: ({ state }) => state.variables as T,
  });
  return {
    /** The same function each time. */
    run: mutate as (subject: T) => void,
    /** Whether it is being done to one of those. */
    isUnderWay: (isIt: (subject: T) => boolean): boolean => underWay.some(isIt),
  };
}
