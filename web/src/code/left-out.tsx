import { Name, Seen } from '../ui/name.tsx';
import css from './left-out.module.css';
import { PlaceLink } from './place-link.tsx';
import type { LeftOut } from './why-none.ts';

/** More say nothing that these do not. */
const MOST = 5;

/** Which rule leaves out each job, or all of the pipeline, with the way to where it stands. */
export function LeftOutList({
  fullPath,
  refName,
  of,
}: {
  fullPath: string;
  refName: string;
  of: readonly LeftOut[];
}) {
  return (
    <ul className={css.list}>
      {of.slice(0, MOST).map(({ job, message, file, line }) => (
        <li key={job}>
          {job !== null && (
            <>
              <strong>
                <Name text={job} />
              </strong>
              :{' '}
            </>
          )}
          <Seen text={message} />
          {file !== '' && (
            <>
              {' '}
              <PlaceLink file={file} line={line} fullPath={fullPath} refName={refName} />
            </>
          )}
        </li>
      ))}
      {of.length > MOST && <li>and {of.length - MOST} more jobs</li>}
    </ul>
  );
}
