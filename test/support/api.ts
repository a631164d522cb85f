export interface ApiReply<Body> {
  status: number;
  headers: Headers;
  /** The parsed JSON, otherwise the text; for bytes call `fetch` itself. */
  body: Body;
}

export interface ApiRequest {
  /** A personal access token; null for nobody. */
  token?: string | null;
  headers?: Record<string, string>;
  /** An object goes as JSON; a form, text and bytes go as they are. */
  body?: object | string;
}

/**
 * Calls the API and answers whatever the status is. The path starts after `/api/v4`, unless it starts with
 * `/-/` or `/api/`. The type parameter says what the caller expects the body to be.
 */
export type Api = <Body = unknown>(
  method: string,
  path: string,
  request?: ApiRequest,
) => Promise<ApiReply<Body>>;

/** An `Api` of that server, as the owner of `token` wherever a request names no other. */
export function apiOf(url: string, token: string): Api {
  return async <Body>(method: string, path: string, request: ApiRequest = {}): Promise<ApiReply<Body>> => {
    const headers = new Headers(request.headers);
    const caller = request.token === undefined ? token : request.token;
    const named = ['private-token', 'job-token', 'authorization'].some((name) => headers.has(name));
    if (caller !== null && !named) headers.set('private-token', caller);
    const body = encode(request.body, headers);
    const address =
      url + (/^\/(-|api|oauth|\.well-known|users\/auth)\//.test(path) ? path : `/api/v4${path}`);
    const response = await fetch(address, { method, headers, redirect: 'manual', ...(body && { body }) });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as Body,
    };
  };
}

function encode(body: object | string | undefined, headers: Headers): RequestInit['body'] {
  if (body === undefined || typeof body === 'string') return body;
  if (body instanceof FormData || body instanceof URLSearchParams) return body;
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  return JSON.stringify(body);
}
