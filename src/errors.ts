/**
 * Every refusal that the HTTP edges answer, by code. The texts are what clients match on, so they are
 * GitLab's to the letter; `{0}` is filled with the detail given.
 */
const ERRORS = {
  bad_request: [400, '400 Bad request'],
  bad_request_because: [400, '400 Bad request - {0}'],
  unauthorized: [401, '401 Unauthorized'],
  forbidden: [403, '403 Forbidden'],
  forbidden_because: [403, '403 Forbidden - {0}'],
  record_not_found: [404, '404 Not found'],
  not_found: [404, '404 Not Found'],
  named_not_found: [404, '404 {0} Not Found'],
  method_not_allowed: [405, '405 Method Not Allowed'],
  not_acceptable: [406, '406 Not Acceptable - {0}'],
  request_timeout: [408, '408 Request Timeout'],
  conflict: [409, '409 Conflict: {0}'],
  gone: [410, '410 Gone - {0}'],
  precondition_failed: [412, '412 Precondition Failed'],
  too_large: [413, '413 Request Entity Too Large'],
  too_large_because: [413, '413 Request Entity Too Large - {0}'],
  range_not_satisfiable: [416, '416 Range Not Satisfiable'],
  unprocessable: [422, '422 Unprocessable Entity'],
  too_many_requests: [429, '429 Too Many Requests - {0}'],
  internal: [500, '500 Internal Server Error'],
  unavailable: [503, '503 Service Unavailable - {0}'],
  plain: [400, '{0}'],
  plain_unauthorized: [401, '{0}'],
  plain_forbidden: [403, '{0}'],
  plain_not_found: [404, '{0}'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal in GitLab's shape: what a use case throws, and the edges turn into a reply. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Record<string, string>;

  constructor(status: number, body: object, headers: Record<string, string> = {}) {
    super(JSON.stringify(body));
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The refusal `code` as `{"message": …}`. */
export function apiError(code: ErrorCode, detail = ''): ApiError {
  const [status, message] = ERRORS[code];
  return new ApiError(status, { message: message.replace('{0}', () => detail) });
}

/** 403 for want of a role: which one would do stands in a header, for GitLab's body has no place for it; null: none. */
export const forbiddenBelow = (role: string | null) =>
  new ApiError(403, { message: '403 Forbidden' }, role === null ? {} : { 'X-Required-Role': role });

/** 404 `404 Project Not Found` and its like. */
export const notFound = (what: string) => apiError('named_not_found', what);

/** 429 as GitLab's own limits answer; in so many seconds it may be tried again. */
export const tooManyRequests = (seconds: number) =>
  new ApiError(
    429,
    { message: { error: 'This endpoint has been requested too many times. Try again later.' } },
    { 'Retry-After': String(seconds) },
  );

/** 400 with the texts by field, as a failed validation of a record answers; `base` for none of them. */
export const invalidRecord = (fields: Record<string, string[]>) => new ApiError(400, { message: fields });

/** 400 `{"error": …}`: what is wrong with the parameters of a request. */
export const badParameters = (problems: string[]) => new ApiError(400, { error: problems.join(', ') });

/** Why the program cannot start or go on, in one line that says what to do. Ends with exit code 1. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}
