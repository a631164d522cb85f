/** Releases of tags, and what belongs to them. */
export const releases = {
  id: 14,
  name: 'releases',
  sql: `
CREATE TABLE releases (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  sha TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  author_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  released_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX releases_tag ON releases (project_id, tag);
CREATE INDEX releases_released ON releases (project_id, released_at, id);
CREATE INDEX releases_created ON releases (project_id, created_at, id);
CREATE INDEX releases_author ON releases (author_id) WHERE author_id IS NOT NULL;

CREATE TABLE release_links (
  id IDENTITY,
  release_id BIGINT NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  filepath TEXT,
  link_type TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX release_links_name ON release_links (release_id, name);
CREATE UNIQUE INDEX release_links_url ON release_links (release_id, url);
CREATE UNIQUE INDEX release_links_filepath ON release_links (release_id, filepath) WHERE filepath IS NOT NULL;
`,
};
