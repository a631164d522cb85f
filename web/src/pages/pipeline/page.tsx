import { Skeleton } from '../../ui/note.tsx';

/** NOT WRITTEN YET */
export default function Page() {
  return <Skeleton />;
}
