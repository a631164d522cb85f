import { SelectField } from './field.tsx';

const MEANINGS: Record<string, string> = {
  private: 'Its members alone see it.',
  internal: 'Everybody who has signed in sees it.',
  public: 'Everybody sees it, without signing in.',
};
const OPTIONS = [
  { value: 'private', label: 'Private' },
  { value: 'internal', label: 'Internal' },
  { value: 'public', label: 'Public' },
];

interface Props {
  of: 'project' | 'group';
  value: string;
  problem?: string | undefined;
  onChange: (value: string) => void;
}

/** Who sees a project or group that is made. */
export function VisibilityField({ of, value, problem, onChange }: Props) {
  return (
    <SelectField
      label="Visibility"
      name="visibility"
      value={value}
      options={OPTIONS}
      problem={problem ?? null}
      hint={of === 'group' ? `${MEANINGS[value]} Projects in it are no more visible.` : MEANINGS[value]}
      onChange={onChange}
    />
  );
}
