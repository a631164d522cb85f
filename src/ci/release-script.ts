import type { ReleaseSpec } from './plan.ts';

/**
 * The script of the step that makes a release, for a plain sh. It takes what is there: a runner that does it itself, given
 * a file that says what (as the built-in one has it), `release-cli`, or `glab`. All of them ask the API with the token of the
 * job, and make the tag too. Variables in what the configuration says are filled in by the shell, as with GitLab.
 */
export function releaseScript(release: ReleaseSpec): string {
  const { tag_name, name, description, tag_message, ref, released_at, milestones = [], links = [] } = release;
  const flags = (all: Record<string, string | undefined>) =>
    Object.entries(all).flatMap(([flag, value]) => (value ? `${flag}=${quoted(value)}` : []));
  const cli = [
    '--description="$description"',
    ...flags({
      '--name': name,
      '--tag-name': tag_name,
      '--tag-message': tag_message,
      '--ref': ref ?? '$CI_COMMIT_SHA',
      '--released-at': released_at,
    }),
    ...milestones.map((title) => `--milestone=${quoted(title)}`),
    ...links.map((link) => `--assets-link=${quoted(JSON.stringify(link))}`),
  ];
  const glab = [
    '--experimental-notes-text-or-file="$description"',
    ...flags({
      '--name': name,
      '--ref': ref ?? '$CI_COMMIT_SHA',
      '--tag-message': tag_message,
      '--released-at': released_at,
      '--milestone': milestones.join(','),
      '--assets-links': links.length > 0 ? JSON.stringify(links) : undefined,
    }),
    '--no-update',
    '--no-close-milestone',
  ];
  return `describe_release() {
  "$@" ${cli.join(' ')}
}
description=${quoted(description)}
if [ -n "\${JOBYARD_RELEASE:-}" ]; then
  if [ -f "$description" ]; then description=$(cat "$description"; echo .); description=\${description%.}; fi
  describe_release printf '%s\\0' > "$JOBYARD_RELEASE"
elif command -v release-cli >/dev/null 2>&1; then
  describe_release release-cli create
elif command -v glab >/dev/null 2>&1; then
  export GITLAB_HOST="$CI_SERVER_URL"
  glab auth login --job-token "$CI_JOB_TOKEN" --hostname "$CI_SERVER_FQDN" --api-protocol "$CI_SERVER_PROTOCOL"
  glab release create -R "$CI_PROJECT_PATH" ${quoted(tag_name)} ${glab.join(' ')}
else
  echo 'No release can be made: neither release-cli nor glab is here. Run the job in an image that has one of them.' >&2
  exit 1
fi`;
}

/** In double quotes, where the shell fills in variables; a quote or backtick of the text itself stays what it is. */
const quoted = (text: string) => `"${text.replace(/["\\`]/g, '\\$&')}"`;
