import type { Patch } from '../patch.ts';

const permissions = ['test/journeys/permissions.test.ts'];
const authentication = ['test/journeys/authentication.test.ts'];
const checks = ['src/http/authenticate.test.ts'];
const token = ['src/access/token.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a reporter cancels jobs',
    file: 'src/access/permissions.ts',
    find: "cancel_build: from('developer')",
    replace: "cancel_build: from('reporter')",
    tests: permissions,
  },
  {
    name: 'a guest of a private project reads its code',
    file: 'src/access/permissions.ts',
    find: "read_code: visibleFrom('reporter')",
    replace: 'read_code: visible',
    tests: permissions,
  },
  {
    name: 'jobs that are not public are shown to everybody',
    file: 'src/access/permissions.ts',
    find: "ability === 'read_build' && project.public_jobs === 0",
    replace: "ability === 'read_pipeline' && project.public_jobs === 0",
    tests: permissions,
  },
  {
    name: 'a private project answers 403, and so says that it is there',
    file: 'src/http/subjects.ts',
    find: "    throw notFound('Project');\n  }\n",
    replace: "    throw apiError('forbidden');\n  }\n",
    tests: authentication,
  },
  {
    name: 'a refusal does not say which role would do',
    file: 'src/http/subjects.ts',
    find: 'forbiddenBelow(leastOnProject(ability, subject))',
    replace: 'forbiddenBelow(null)',
    tests: ['test/journeys/abilities.test.ts'],
  },
  {
    name: 'a token opens on the day it expires',
    file: 'src/http/authenticate.ts',
    find: 'token.expires_at <= today',
    replace: 'token.expires_at < today',
    tests: checks,
  },
  {
    name: 'a revoked token opens',
    file: 'src/http/authenticate.ts',
    find: 'if (token.revoked === 1) throw',
    replace: "if (token.revoked === 1 && today === '') throw",
    tests: checks,
  },
  {
    name: 'a token that only reads writes',
    file: 'src/http/authenticate.ts',
    find: "...(wanted.reads ? ['read_api'] : [])",
    replace: "'read_api'",
    tests: authentication,
  },
  {
    name: 'any token of an administrator acts as others',
    file: 'src/http/authenticate.ts',
    find: "if (!scopesOf(token).includes('sudo')) throw insufficientScope('sudo');",
    replace: '',
    tests: authentication,
  },
  {
    name: 'whoever is no administrator acts as others',
    file: 'src/http/authenticate.ts',
    find: "if (user.admin !== 1) throw apiError('forbidden_because', 'Must be admin to use sudo');",
    replace: '',
    tests: authentication,
  },
  {
    name: 'tokens are stored as they are',
    file: 'src/access/token.ts',
    find: "return hash('sha256', token);",
    replace: "return hash('sha256', token).slice(64) + token;",
    tests: token,
  },
  {
    name: 'a token is matched by the beginning of its digest',
    file: 'src/access/token.ts',
    find: `timingSafeEqual(hash('sha256', token, 'buffer'), wanted)`,
    replace: `hash('sha256', token, 'buffer')[0] === wanted[0]`,
    tests: token,
  },
  {
    name: 'any password opens',
    file: 'src/access/password.ts',
    find: '&& timingSafeEqual(given, wanted)',
    replace: '&& timingSafeEqual(given, given)',
    tests: ['src/access/password.test.ts'],
  },
  {
    name: 'job tokens reach projects that do not list theirs',
    file: 'src/projects/job-token-scope-store.ts',
    find: 'return rows.length > 0;\n}\n\n/** The projects whose',
    replace: 'return rows.length >= 0;\n}\n\n/** The projects whose',
    tests: ['test/journeys/job-token-scope.test.ts'],
  },
  {
    name: 'a trigger by a job’s token asks no allowlist',
    file: 'src/triggers/trigger-pipeline.ts',
    find: 'if (!(await isInJobTokenScope(db.read, job.project_id, project))) {',
    replace: 'if (false) {',
    tests: ['test/journeys/triggers.test.ts'],
  },
];
