import { Eye, EyeOff, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Seen } from '../../ui/name.tsx';
import { Cell, Row } from '../../ui/table.tsx';
import { EVERYWHERE, type Known } from './variable-form.ts';
import css from './variables.module.css';

interface Props {
  variable: Known;
  scoped: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

/** A variable in the list: its value is shown when asked for, and never when it is hidden. */
export function VariableRow({ variable, scoped, onEdit, onDelete }: Props) {
  const { key, environment_scope: scope = EVERYWHERE } = variable;
  const name = scope === EVERYWHERE ? key : `${key} (${scope})`;
  return (
    <Row data-variable={key}>
      <Cell className={css.what}>
        <code className={css.key}>
          <Seen text={key} />
        </code>
        <Flags variable={variable} />
        {variable.description && (
          <p className={css.description}>
            <Seen text={variable.description} />
          </p>
        )}
      </Cell>
      <Cell className={css.value}>
        <Value variable={variable} name={name} />
      </Cell>
      {scoped && (
        <Cell className={css.scope} data-head="Environments">
          {scope === EVERYWHERE ? (
            'Everywhere'
          ) : (
            <code>
              <Seen text={scope} />
            </code>
          )}
        </Cell>
      )}
      <Cell className={css.actions}>
        <IconButton label={`Edit ${name}`} icon={Pencil} size="small" onClick={onEdit} />
        <IconButton label={`Delete ${name}`} icon={Trash2} size="small" onClick={onDelete} />
      </Cell>
    </Row>
  );
}

/** What is special about it. */
export function Flags({ variable }: { variable: Known }) {
  const flags = [
    variable.variable_type === 'file' ? 'File' : null,
    variable.hidden === true ? 'Hidden' : variable.masked ? 'Masked' : null,
    variable.protected ? 'Protected' : null,
    variable.raw ? 'Not expanded' : null,
  ].filter((flag) => flag !== null);
  return flags.map((flag) => (
    <span key={flag} className={css.flag}>
      {flag}
    </span>
  ));
}

function Value({ variable: { value, hidden }, name }: { variable: Known; name: string }) {
  const [shown, setShown] = useState(false);
  if (hidden === true || value === null) return <span className={css.muted}>Hidden for good</span>;
  return (
    <div className={css.secret}>
      {shown ? (
        <pre className={css.text} tabIndex={0} aria-label={`Value of ${name}`}>
          {value === '' ? <span className={css.muted}>(empty)</span> : <Seen text={value} />}
        </pre>
      ) : (
        <span className={css.dots} aria-label="Not shown" role="img">
          ••••••••
        </span>
      )}
      <IconButton
        label={shown ? `Conceal ${name}` : `Reveal ${name}`}
        icon={shown ? EyeOff : Eye}
        size="small"
        onClick={() => setShown(!shown)}
      />
      <CopyButton text={value} label={`Copy the value of ${name}`} />
    </div>
  );
}
