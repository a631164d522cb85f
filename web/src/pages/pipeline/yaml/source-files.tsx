import { useId } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { Name, Seen } from '../../../ui/name.tsx';
import type { Included } from './queries.ts';
import css from './yaml.module.css';

interface Props {
  /** Null: it is made of what its bridge or the project's settings name elsewhere, and that alone. */
  file: string | null;
  includes: readonly Included[];
  fullPath: string;
  sha: string;
}

/** The files that a configuration came from, in the order in which they were met, as links where they have a page. */
export function SourceFiles({ file, includes, fullPath, sha }: Props) {
  const label = useId();
  const own = file === null ? [] : [{ name: file, href: addresses.blob(fullPath, sha, file), from: null }];
  // A file that several include stands there once.
  const files = new Map([...own, ...includes.map(asFile)].map((each) => [`${each.href} ${each.name}`, each]));
  if (files.size === 0) return null;
  return (
    <div className={css.sources}>
      <span className={css.lead} id={label}>
        Made of
      </span>
      <ul className={css.files} aria-labelledby={label}>
        {[...files].map(([key, { name, href, from }]) => (
          <li key={key}>
            {href === null ? (
              <Seen text={name} />
            ) : (
              <Link href={href}>
                <Seen text={name} />
              </Link>
            )}
            {from && (
              <span className={css.lead}>
                {` ${from.how} `}
                <Name text={from.name} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const asFile = (included: Included) => ({
  name: included.location,
  // What the server calls itself may be another name than the one in the address bar.
  href: included.blob && new URL(included.blob).pathname,
  from: originOf(included),
});

/** What its name alone does not say. */
function originOf({ type, extra }: Included): { how: string; name: string } | null {
  // `job`: of a pipeline that was made before it had GitLab's name.
  const { project, ref, job, job_name = job } = extra as Record<string, string | undefined>;
  if (type === 'file') return { how: 'of', name: `${project}@${ref}` };
  return type === 'artifact' ? { how: 'left by', name: job_name ?? '' } : null;
}
