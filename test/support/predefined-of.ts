import {
  pipelineVariables,
  projectVariables,
  serverVariables,
  userVariables,
} from '../../src/ci/predefined.ts';
import type { Variable } from '../../src/ci/variable.ts';

interface Begun {
  ref?: string;
  tag?: boolean;
  source?: string;
  below_merge_request?: boolean;
}

/** The variables that a pipeline of one commit of a project begins with, as the server makes them. */
export function predefinedOf({
  ref = 'main',
  tag = false,
  source = 'push',
  below_merge_request = false,
}: Begun): Variable[] {
  const url = 'http://127.0.0.1:8080';
  const project = {
    id: 7,
    name: 'App',
    path: 'app',
    path_with_namespace: 'acme/app',
    namespace_id: 3,
    description: null,
    visibility: 'private',
    default_branch: 'main',
    ci_config_path: null,
  };
  const commit = {
    message: 'Add a thing\n\nBecause.\n',
    author_name: 'Ada',
    author_email: 'ada@example.test',
    committed_date: '2026-01-31T16:47:55.000+00:00',
  };
  return [
    ...serverVariables({ url, version: '19.0.0', revision: 'abcdef' }),
    ...projectVariables(project, url),
    ...pipelineVariables({
      iid: 5,
      source,
      ref,
      tag,
      sha: '1f3c9a7e5d2b4860aa11223344556677889900bb',
      before_sha: '0'.repeat(40),
      protected: true,
      created_at: Date.UTC(2026, 0, 31, 16, 48),
      name: null,
      tag_message: null,
      below_merge_request,
      commit,
    }),
    ...userVariables({ id: 2, email: 'ada@example.test', username: 'ada', name: 'Ada' }),
  ];
}
