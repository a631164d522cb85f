import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { Seen } from '../../ui/name.tsx';
import { Note } from '../../ui/note.tsx';
import css from './new-pipeline.module.css';

interface Told {
  message: string;
  file?: string | null;
  line?: number | null;
  column?: number | null;
}

interface Props {
  fullPath: string;
  sha: string;
  errors: readonly Told[];
  warnings: readonly Told[];
}

/** What is wrong with the configuration at this ref, and where. */
export function ConfigurationProblems({ fullPath, sha, errors, warnings }: Props) {
  const list = (told: readonly Told[]) => (
    <ul className={css.problems}>
      {told.map((each, index) => (
        <li key={index}>
          <Place fullPath={fullPath} sha={sha} told={each} /> <Seen text={each.message} />
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {errors.length > 0 && (
        <Note tone="failed">
          <strong>The configuration cannot be used as it is here.</strong>
          {list(errors)}
        </Note>
      )}
      {warnings.length > 0 && <Note tone="waiting">{list(warnings)}</Note>}
    </>
  );
}

/** `file:line:column`, a link when the file is one of this project's. */
function Place({
  fullPath,
  sha,
  told: { file, line, column },
}: Omit<Props, 'errors' | 'warnings'> & { told: Told }) {
  if (!file) return null;
  const place = [file, line, column].filter((part) => part !== null && part !== undefined).join(':');
  if (/[:@]/.test(file)) return <code>{place}</code>;
  const lines = typeof line === 'number' ? `#L${line}` : '';
  return (
    <Link href={addresses.blob(fullPath, sha, file) + lines}>
      <code>{place}</code>
    </Link>
  );
}
