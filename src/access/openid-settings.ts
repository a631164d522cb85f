/** Which server vouches for people, and what becomes of those it vouches for. */
export interface OpenIdSettings {
  issuer: string;
  client_id: string;
  client_secret: string;
  /** What stands on the button. */
  label: string;
  /** Whether whoever is not known here becomes a user. */
  create_users: boolean;
  /** Whether a user is known by an address that the server says is verified; an administrator never is. */
  link_users: boolean;
}

type Environment = Record<string, string | undefined>;

const NEEDED = ['JOBYARD_OIDC_ISSUER', 'JOBYARD_OIDC_CLIENT_ID', 'JOBYARD_OIDC_CLIENT_SECRET'] as const;

/**
 * The settings that these variables say; null for none of them.
 * @param problems is given a sentence for each that is not understood
 */
export function readOpenIdSettings(env: Environment, problems: string[]): OpenIdSettings | null {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length === NEEDED.length) return null;
  if (missing.length > 0)
    problems.push(`${missing.join(' and ')} must be set for signing in by OpenID Connect`);
  const issuer = env.JOBYARD_OIDC_ISSUER ?? '';
  if (issuer !== '' && !isIssuer(issuer))
    problems.push('JOBYARD_OIDC_ISSUER must be an https:// address, or an http:// one of this machine');
  const onOff = (name: string) => {
    const value = env[name] || 'on';
    if (value !== 'on' && value !== 'off')
      problems.push(`${name} is ${JSON.stringify(value)}, but must be on or off`);
    return value === 'on';
  };
  return {
    // As the library reads it: with a slash behind a mere host, whoever left it out.
    issuer: URL.parse(issuer)?.href ?? issuer,
    client_id: env.JOBYARD_OIDC_CLIENT_ID ?? '',
    client_secret: env.JOBYARD_OIDC_CLIENT_SECRET ?? '',
    label: env.JOBYARD_OIDC_LABEL || 'OpenID Connect',
    create_users: onOff('JOBYARD_OIDC_CREATE_USERS'),
    link_users: onOff('JOBYARD_OIDC_LINK_USERS'),
  };
}

/** Whoever can change what comes from there can be anybody here. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  const isNear = url?.hostname === 'localhost' || /^(127\.[\d.]+|\[::1\])$/.test(url?.hostname ?? '');
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isNear);
}
