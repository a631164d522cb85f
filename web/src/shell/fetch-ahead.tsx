import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchAhead } from '../ui/on-use.tsx';

/** After so long in which nothing has been asked for, the page has all that it shows. */
const REST_MS = 2000;

/** Stands beside the page: once that is here and at rest, what may be used next is fetched. */
export function FetchAhead() {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        end();
        fetchAhead();
      }, REST_MS);
    };
    const end = client.getQueryCache().subscribe(({ type }) => type === 'updated' && wait());
    wait();
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [client]);
  return null;
}
