import { PlaceLink } from '../../../code/place-link.tsx';
import { Seen } from '../../../ui/name.tsx';
import css from './why.module.css';

interface Paths {
  paths: readonly string[];
  assumed: 'unknown' | 'too_many' | null;
}
interface Read {
  key: string;
  value: string | null;
  defined: boolean;
  masked: boolean;
  source: 'predefined' | 'configuration' | 'given' | null;
}
/** A rule, or a key of `only` or `except`, as it was asked. */
export interface ClauseTold {
  keyword: string;
  number: number | null;
  key: string | null;
  file: string;
  line: number;
  holds: boolean;
  failed: 'if' | 'changes' | 'exists' | null;
  expression: string | null;
  variables: readonly Read[];
  changes: Paths | null;
  exists: Paths | null;
}

/** A rule with its place, whether it holds, and the values of the variables that it read. */
export function Clause({ of, fullPath, sha }: { of: ClauseTold; fullPath: string; sha: string }) {
  const { keyword, number, key, file, line, holds, failed, expression, variables } = of;
  const name = number === null ? `${keyword}${key === null ? '' : `:${key}`}` : `Rule ${number}`;
  return (
    <div className={css.clause} data-holds={holds}>
      <p className={css.clauseHead}>
        <strong>{name}</strong>
        <span className={css.verdict}>
          {holds ? 'holds' : failed === null ? 'does not hold' : `does not hold: ${failed}`}
        </span>
        <PlaceLink file={file} line={line} fullPath={fullPath} refName={sha} />
      </p>
      {expression !== null && (
        <pre className={css.expression}>
          <Seen text={expression} />
        </pre>
      )}
      {variables.length > 0 && (
        <dl className={css.variables} aria-label="Variables that it read">
          {variables.map((variable) => (
            <div key={variable.key} className={css.variable}>
              <dt>
                <code>${variable.key}</code>
              </dt>
              <dd>
                <Value of={variable} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Files label="changes" of={of.changes} />
      <Files label="exists" of={of.exists} />
    </div>
  );
}

const SOURCES = { predefined: 'predefined', configuration: 'of the configuration', given: 'given' };

function Value({ of: { value, defined, masked, source } }: { of: Read }) {
  if (!defined) return <span className={css.muted}>not set</span>;
  return (
    <>
      {masked ? (
        <span className={css.muted}>masked</span>
      ) : value === null ? (
        <span className={css.muted}>not for you to see</span>
      ) : (
        <code>{value === '' ? '""' : <Seen text={value} />}</code>
      )}
      {source !== null && <span className={css.muted}> {SOURCES[source]}</span>}
    </>
  );
}

function Files({ label, of }: { label: string; of: Paths | null }) {
  if (of === null) return null;
  const said =
    of.assumed === 'unknown'
      ? 'what has changed is not known here, so it counts as changed'
      : of.assumed === 'too_many'
        ? 'there were too many files to look at, so it counts as matched'
        : of.paths.length === 0
          ? 'no file matches'
          : `matches ${of.paths.join(', ')}${of.paths.length === 10 ? ' …' : ''}`;
  return (
    <p className={css.files}>
      <strong>{label}</strong> <Seen text={said} />
    </p>
  );
}
