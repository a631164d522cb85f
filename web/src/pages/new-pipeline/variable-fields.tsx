import { X } from 'lucide-react';
import { IconButton } from '../../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../../ui/field.tsx';
import {
  type Entered,
  type FormVariable,
  isShown,
  rowProblem,
  type VariableRow,
  withEmptyRow,
} from './form.ts';
import css from './new-pipeline.module.css';

interface Props {
  variables: readonly FormVariable[];
  entered: Entered;
  problems: Readonly<Record<string, string>>;
  onChange: (entered: Entered) => void;
}

/** The variables that the configuration asks for, and those that somebody adds. */
export function VariableFields({ variables, entered, problems, onChange }: Props) {
  const rows = withEmptyRow(entered.rows);
  const setRow = (id: number, change: Partial<VariableRow>) =>
    onChange({ ...entered, rows: rows.map((row) => (row.id === id ? { ...row, ...change } : row)) });
  const drop = (id: number) => onChange({ ...entered, rows: rows.filter((row) => row.id !== id) });
  return (
    <section className={css.section} aria-labelledby="variables">
      <h2 id="variables">Variables</h2>
      {variables.filter(isShown).map((variable) => (
        <Asked
          key={variable.key}
          variable={variable}
          value={entered.variables[variable.key] ?? variable.value}
          onChange={(value) =>
            onChange({ ...entered, variables: { ...entered.variables, [variable.key]: value } })
          }
        />
      ))}
      <p className={css.hint}>
        They win over those of the configuration, the project and its groups. Who may read the pipeline’s
        variables sees their values.
      </p>
      <ul className={css.rows} aria-label="Variables of this run">
        {rows.map((row, index) => (
          <li key={row.id} className={css.row}>
            <SelectField
              label={`Type of variable ${index + 1}`}
              value={row.file ? 'file' : 'env_var'}
              options={[
                { value: 'env_var', label: 'Variable' },
                { value: 'file', label: 'File' },
              ]}
              onChange={(type) => setRow(row.id, { file: type === 'file' })}
            />
            <TextField
              label={`Key of variable ${index + 1}`}
              placeholder="KEY"
              value={row.key}
              problem={problems[rowProblem(row.id)]}
              onChange={(key) => setRow(row.id, { key: key.trim() })}
              mono
              spellCheck={false}
              autoComplete="off"
            />
            <TextArea
              label={`Value of variable ${index + 1}`}
              placeholder="Value"
              rows={row.file ? 4 : 1}
              value={row.value}
              onChange={(value) => setRow(row.id, { value })}
              mono
              spellCheck={false}
            />
            {index < rows.length - 1 ? (
              <IconButton label={`Remove variable ${index + 1}`} icon={X} onClick={() => drop(row.id)} />
            ) : (
              <span />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface AskedProps {
  variable: FormVariable;
  value: string;
  onChange: (value: string) => void;
}

function Asked({ variable: { key, description, options }, value, onChange }: AskedProps) {
  const around = { label: key, hint: description ?? undefined, value, onChange };
  if (options !== null && options.length > 0)
    return <SelectField {...around} options={options.map((option) => ({ value: option, label: option }))} />;
  if (value.includes('\n')) return <TextArea {...around} rows={4} mono spellCheck={false} />;
  return <TextField {...around} mono spellCheck={false} />;
}
