import { Fragment } from 'react';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Name } from '../ui/name.tsx';
import css from './crumbs.module.css';

interface Props {
  fullPath: string;
  refName: string;
  path: string;
}

/** The folders above a file or folder, each a link; the last part is where one is. */
export function Crumbs({ fullPath, refName, path }: Props) {
  const parts = path === '' ? [] : path.split('/');
  const project = fullPath.slice(fullPath.lastIndexOf('/') + 1);
  return (
    <nav className={css.crumbs} aria-label="Path in the repository">
      <Link href={addresses.tree(fullPath, refName)}>{project}</Link>
      {parts.map((part, index) => (
        <Fragment key={parts.slice(0, index + 1).join('/')}>
          <span className={css.slash} aria-hidden>
            /
          </span>
          {index === parts.length - 1 ? (
            <span aria-current="page" className={css.here}>
              <Name text={part} />
            </span>
          ) : (
            <Link href={addresses.tree(fullPath, refName, parts.slice(0, index + 1).join('/'))}>
              <Name text={part} />
            </Link>
          )}
        </Fragment>
      ))}
      {path !== '' && <CopyButton text={path} label="Copy the path" />}
    </nav>
  );
}
