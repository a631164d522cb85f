import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { OpenIdSettings } from './openid-settings.ts';

/** Seconds in which the provider must answer. */
const TIMEOUT = 10;
const SCOPE = 'openid profile email';

/** What a browser keeps from its leaving to its coming back. */
export interface Attempt {
  state: string;
  nonce: string;
  code_verifier: string;
}

/** What the provider says of somebody who has signed in there. */
export interface Vouched {
  issuer: string;
  /** The name that never changes. */
  extern_uid: string;
  email: string | null;
  /** Null: it does not say. */
  email_verified: boolean | null;
  /** What could be the username. */
  nickname: string | null;
  name: string | null;
}

/** The server that vouches for people. It is asked for what it can when somebody first needs it, not at the start. */
export class OpenIdProvider {
  readonly settings: OpenIdSettings;
  #discovered: Promise<Configuration> | null = null;

  constructor(settings: OpenIdSettings) {
    this.settings = settings;
  }

  /** Where a browser goes to sign in. @throws when the provider does not answer */
  async begin(redirect_uri: string): Promise<{ location: string; attempt: Attempt }> {
    const config = await this.#configuration();
    const attempt = { state: randomState(), nonce: randomNonce(), code_verifier: randomPKCECodeVerifier() };
    const location = buildAuthorizationUrl(config, {
      redirect_uri,
      scope: SCOPE,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.code_verifier),
      code_challenge_method: 'S256',
    });
    return { location: location.href, attempt };
  }

  /**
   * Who it is that comes back to `url`; null when the person, or the provider, does not want to.
   * @throws when the attempt is another's, or the provider refuses the code
   */
  async complete(url: URL, { state, nonce, code_verifier }: Attempt): Promise<Vouched | null> {
    const config = await this.#configuration();
    const tokens = await authorizationCodeGrant(config, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: code_verifier,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      if (error instanceof AuthorizationResponseError && error.error === 'access_denied') return null;
      throw error;
    });
    if (tokens === null) return null;
    const claims = tokens.claims();
    if (!claims) throw new Error('the provider has sent no ID token');
    // By default a provider keeps the address and the names for whoever asks with the access token.
    const hasMore = config.serverMetadata().userinfo_endpoint !== undefined && claims.email === undefined;
    const more = hasMore ? await fetchUserInfo(config, tokens.access_token, claims.sub) : {};
    const said: Record<string, unknown> = { ...claims, ...more };
    return {
      issuer: this.settings.issuer,
      extern_uid: claims.sub,
      email: addressOf(said.email),
      email_verified: typeof said.email_verified === 'boolean' ? said.email_verified : null,
      nickname: text(said.preferred_username) ?? text(said.nickname),
      name: text(said.name),
    };
  }

  async #configuration(): Promise<Configuration> {
    this.#discovered ??= discover(this.settings);
    try {
      return await this.#discovered;
    } catch (error) {
      // It may have been away: whoever comes next asks again.
      this.#discovered = null;
      throw error;
    }
  }
}

async function discover({ issuer, client_id, client_secret }: OpenIdSettings): Promise<Configuration> {
  const isPlain = issuer.startsWith('http:');
  const execute = isPlain ? [allowInsecureRequests] : [];
  const found = await discovery(new URL(issuer), client_id, client_secret, undefined, {
    execute,
    timeout: TIMEOUT,
  });
  const metadata = found.serverMetadata();
  const config = new Configuration(
    metadata,
    client_id,
    client_secret,
    authenticationOf(metadata.token_endpoint_auth_methods_supported, client_secret),
  );
  config.timeout = TIMEOUT;
  if (isPlain) allowInsecureRequests(config);
  enableNonRepudiationChecks(config);
  return config;
}

/** What is not said is HTTP's own. */
const authenticationOf = (methods: readonly string[] | undefined, secret: string): ClientAuth =>
  methods?.includes('client_secret_post') ? ClientSecretPost(secret) : ClientSecretBasic(secret);

function text(value: unknown): string | null {
  const isText = typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
  return (isText && value.trim()) || null;
}

function addressOf(value: unknown): string | null {
  const email = text(value);
  return email !== null && email.length <= 255 && /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;
}
