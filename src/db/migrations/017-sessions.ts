/** People who sign in: their sessions, and who they are at another server that vouches for them. */
export const sessions = {
  id: 17,
  name: 'sessions',
  sql: `
ALTER TABLE users ADD COLUMN password_expires_at BIGINT;

CREATE TABLE sessions (
  id IDENTITY,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_digest TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, id);

CREATE TABLE identities (
  id IDENTITY,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  issuer TEXT NOT NULL,
  extern_uid TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identities_extern ON identities (provider, issuer, extern_uid);
CREATE UNIQUE INDEX identities_user ON identities (user_id, provider, issuer);
`,
};
