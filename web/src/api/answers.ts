import type { QueryClient } from '@tanstack/react-query';
import { ApiProblem, isUnreachable } from './problem.ts';

/** Tells of each reply that somebody is there, and of each request without one that nobody is; returns what ends that. */
export function watchAnswers(client: QueryClient, tell: (answers: boolean) => void): () => void {
  return client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') return;
    const { action } = event;
    if (action.type === 'success' && action.manual !== true) tell(true);
    // A request that was given up says nothing of the server.
    if (action.type === 'failed' || action.type === 'error')
      if (action.error instanceof ApiProblem) tell(!isUnreachable(action.error));
  });
}
