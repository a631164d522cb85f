import { SwitchField, TextArea, TextField } from '../../ui/field.tsx';
import type { RunnerForm, RunnerProblems } from './runner-form.ts';
import css from './runners.module.css';

interface Props {
  form: RunnerForm;
  problems: RunnerProblems;
  /** Only a project's runner can be kept from other projects. */
  lockable: boolean;
  onChange: (form: RunnerForm) => void;
}

/** What a person decides about a runner. */
export function RunnerFields({ form, problems, lockable, onChange }: Props) {
  const set = (change: Partial<RunnerForm>) => onChange({ ...form, ...change });
  return (
    <div className={css.fields}>
      <TextField
        label="Description"
        placeholder="What machine it is"
        value={form.description}
        problem={problems.description}
        onChange={(description) => set({ description })}
      />
      <TextField
        label="Tags"
        hint="Separated by commas. A job with tags goes to a runner that has all of them."
        value={form.tags}
        problem={problems.tags}
        onChange={(tags) => set({ tags })}
        spellCheck={false}
      />
      <SwitchField
        label="Run untagged jobs"
        hint="Also jobs that name no tags."
        checked={form.run_untagged}
        onChange={(run_untagged) => set({ run_untagged })}
      />
      <SwitchField
        label="Protected"
        hint="Only jobs of protected branches and tags."
        checked={form.isProtected}
        onChange={(isProtected) => set({ isProtected })}
      />
      {lockable && (
        <SwitchField
          label="Locked"
          hint="No other project can be given this runner."
          checked={form.locked}
          onChange={(locked) => set({ locked })}
        />
      )}
      <TextField
        label="Maximum time of a job, in minutes"
        hint="Empty: as long as its project lets a job run."
        inputMode="numeric"
        value={form.timeout}
        problem={problems.timeout}
        onChange={(timeout) => set({ timeout })}
      />
      <TextArea
        label="Note for those who look after it"
        rows={2}
        value={form.note}
        problem={problems.note}
        onChange={(note) => set({ note })}
      />
    </div>
  );
}
