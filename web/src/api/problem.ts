/** A refusal of the server, or that it cannot be reached (status 0), in words for a person. */
export class ApiProblem extends Error {
  readonly status: number;
  /** What is wrong with each field of a form; empty where the refusal is not about fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** Seconds after which it may be tried again; null where the server does not say. */
  readonly retryAfter: number | null;
  /** From which role on it is allowed; null where none helps, or the server does not say. */
  readonly requiredRole: string | null;
  constructor(
    status: number,
    message: string,
    {
      fields = {},
      retryAfter = null,
      requiredRole = null,
    }: { fields?: Record<string, string>; retryAfter?: number | null; requiredRole?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.fields = fields;
    this.retryAfter = retryAfter;
    this.requiredRole = requiredRole;
    this.name = 'ApiProblem';
  }
}

/** GitLab's errors come as `message` (a text, a list, or fields with lists) or as `error`. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get('retry-after') ?? '') || null;
  const requiredRole = response.headers.get('x-required-role');
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    const said = wordsOf(body.message) ?? wordsOf(body.error_description) ?? wordsOf(body.error);
    if (said !== null)
      return new ApiProblem(response.status, said, {
        fields: { ...fieldsOf(body.message), ...fieldsInspected(said) },
        retryAfter,
        requiredRole,
      });
  } catch {
    // No JSON: a proxy in between answered.
  }
  return new ApiProblem(
    response.status,
    `The server answered ${response.status} ${response.statusText}`.trim(),
    { retryAfter, requiredRole },
  );
}

function fieldsOf(message: unknown): Record<string, string> {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return {};
  return Object.fromEntries(
    Object.entries(message).flatMap(([name, each]) => {
      const said = wordsOf(each);
      return said === null ? [] : [[name, said]];
    }),
  );
}

/** Of groups GitLab says it as Ruby prints it: `Failed to save group {:path=>["has already been taken"]}`. */
function fieldsInspected(said: string): Record<string, string> {
  const [, printed = ''] = /^Failed to save group \{(.*)\}$/s.exec(said) ?? [];
  const fields = printed.matchAll(/:(\w+)=>\[((?:"(?:[^"\\]|\\.)*"(?:, )?)+)\]/g);
  return Object.fromEntries(
    [...fields].map(([, name = '', list = '']) => [
      name,
      [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
        .map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
        .join('; '),
    ]),
  );
}

function wordsOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join('; ') || null;
  if (typeof value !== 'object' || value === null) return null;
  const fields = Object.entries(value).map(([name, each]) =>
    name === 'base' ? wordsOf(each) : `${name} ${wordsOf(each) ?? ''}`.trim(),
  );
  return fields.filter(Boolean).join('; ') || null;
}

/** What a page says of any error that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'Something went wrong.';

export const isStatus = (error: unknown, ...statuses: number[]): boolean =>
  error instanceof ApiProblem && statuses.includes(error.status);

/** Nobody answered, or a proxy in place of a server that is not there: the same may be answered in a while. */
export const isUnreachable = (error: unknown): boolean => isStatus(error, 0, 502, 503, 504);

/** No refusal of what is asked for: the server could not answer now. */
export const mayPass = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || error.status === 429 || error.status >= 500);
