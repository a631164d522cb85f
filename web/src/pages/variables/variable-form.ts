/** How a value is kept out of logs. */
export type Visibility = 'visible' | 'masked' | 'hidden';

/** What the form of a variable holds. */
export interface VariableForm {
  key: string;
  value: string;
  isFile: boolean;
  visibility: Visibility;
  isProtected: boolean;
  /** Whether `$NAME` in it stands for another variable. */
  expands: boolean;
  environment_scope: string;
  description: string;
}

export interface Known {
  key: string;
  value: string | null;
  variable_type: string;
  masked: boolean;
  protected: boolean;
  raw: boolean;
  description: string | null;
  hidden?: boolean;
  environment_scope?: string;
}

export const EVERYWHERE = '*';
export const NEW_VARIABLE: VariableForm = {
  key: '',
  value: '',
  isFile: false,
  visibility: 'visible',
  isProtected: false,
  expands: true,
  environment_scope: EVERYWHERE,
  description: '',
};

/** The form of a variable as it is; the value of a hidden one is not known, and stays unless another is given. */
export const formOf = (variable: Known): VariableForm => ({
  key: variable.key,
  value: variable.value ?? '',
  isFile: variable.variable_type === 'file',
  visibility: variable.hidden === true ? 'hidden' : variable.masked ? 'masked' : 'visible',
  isProtected: variable.protected,
  expands: !variable.raw,
  environment_scope: variable.environment_scope ?? EVERYWHERE,
  description: variable.description ?? '',
});

export type VariableProblems = Partial<Record<'key' | 'value' | 'environment_scope' | 'description', string>>;

const LEAST_MASKED = 8;

/** Why a value cannot be masked, in words; null when it can. The server has the last word. */
export function maskProblem(value: string, expands: boolean): string | null {
  if ([...value].length < LEAST_MASKED)
    return `A masked value has at least ${LEAST_MASKED} characters, so that it is recognised in a log`;
  if (/[\r\n]/.test(value)) return 'A masked value is one line, as logs are masked line by line';
  if (/\s/.test(value)) return 'A masked value has no spaces';
  const odd = /[^\w+=/@:.~-]/u.exec(value)?.[0];
  if (expands && odd !== undefined)
    return odd === '$'
      ? 'A masked value has no $ while references to variables in it are expanded: switch that off'
      : `A masked value has no ${odd} while references to variables in it are expanded: switch that off`;
  return null;
}

/** What is wrong with the form by field; empty when it can be sent. */
export function problemsOf(form: VariableForm, { isNew }: { isNew: boolean }): VariableProblems {
  const problems: VariableProblems = {};
  if (form.key.trim() === '') problems.key = 'Needs a key';
  else if (!/^\w+$/.test(form.key.trim())) problems.key = 'A key has only letters, digits and _';
  const staysHidden = !isNew && form.visibility === 'hidden' && form.value === '';
  if (form.visibility !== 'visible' && !staysHidden) {
    const problem = maskProblem(form.value, form.expands);
    if (problem !== null) problems.value = problem;
  }
  if (form.environment_scope.trim() === '')
    problems.environment_scope = `Needs a scope: ${EVERYWHERE} is everywhere`;
  return problems;
}

/** What of the form changes a variable, as the API takes it; `scoped`: not of the server, which has no scopes. */
export function changeOf(form: VariableForm, { scoped }: { scoped: boolean }) {
  const isHidden = form.visibility === 'hidden';
  return {
    ...(!(isHidden && form.value === '') && { value: form.value }),
    variable_type: form.isFile ? ('file' as const) : ('env_var' as const),
    masked: form.visibility !== 'visible',
    protected: form.isProtected,
    raw: !form.expands,
    description: form.description.trim() === '' ? null : form.description.trim(),
    ...(scoped && { environment_scope: form.environment_scope.trim() }),
  };
}

/** The body that makes a variable of the form. */
export function bodyOf(form: VariableForm, options: { scoped: boolean }) {
  const { masked, ...change } = changeOf(form, options);
  return {
    ...change,
    key: form.key.trim(),
    value: form.value,
    ...(form.visibility === 'hidden' ? { masked_and_hidden: true } : { masked }),
  };
}

/** What the server said by field, with what it leaves out: why a value cannot be masked. */
export function problemsSaid(
  { key, value, environment_scope, description }: Readonly<Record<string, string>>,
  form: VariableForm,
): VariableProblems {
  const why = value === 'is invalid' ? (maskProblem(form.value, form.expands) ?? 'Cannot be masked') : value;
  return {
    ...(key && { key: begun(key) }),
    ...(why && { value: begun(why) }),
    ...(environment_scope && { environment_scope: begun(environment_scope) }),
    ...(description && { description: begun(description) }),
  };
}

const begun = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
