/** What users may give the tokens they make in person, with a session of a browser. */
export const PERSONS_SCOPES = [
  'api',
  'read_api',
  'read_user',
  'create_runner',
  'manage_runner',
  'k8s_proxy',
  'self_rotate',
  'read_repository',
  'write_repository',
] as const;

/** Every scope that a personal access token may have. Those of parts not served here open nothing. */
export const SCOPES = [
  ...PERSONS_SCOPES,
  'read_registry',
  'write_registry',
  'read_virtual_registry',
  'write_virtual_registry',
  'ai_features',
  'ai_workflows',
  'sudo',
  'admin_mode',
  'read_service_ping',
] as const;

/** What users may give the tokens they make for themselves with another token. */
export const OWN_SCOPES: readonly string[] = ['k8s_proxy', 'self_rotate'];
