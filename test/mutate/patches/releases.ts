import type { Patch } from '../patch.ts';

const releases = ['test/journeys/releases.test.ts'];
const rights = ['test/journeys/release-rights.test.ts'];

export const patches: Patch[] = [
  {
    name: 'what a release says is not known to rules',
    file: 'src/pipelines/pipeline-input.ts',
    find: 'release_description: request.tag',
    replace: 'release_description: !request.tag',
    tests: releases,
  },
  {
    name: 'what a release says is not known to jobs',
    file: 'src/pipelines/runner-variables.ts',
    find: 'release_description: parts.release_description,',
    replace: '',
    tests: releases,
  },
  {
    name: 'a link comes after its release has gone',
    file: 'src/api/release-links.ts',
    find: '!(await lockRelease(tx, release_id))',
    replace: 'release_id === 0',
    tests: releases,
  },
  {
    name: 'a developer makes a protected tag by releasing it',
    file: 'src/api/release-actions.ts',
    find: 'if (!(await mayUpdateRef(db.read, project.id, role, { name: tag_name, tag: true })))',
    replace: 'if (!(await mayUpdateRef(db.read, project.id, role, { name: tag_name, tag: false })))',
    tests: rights,
  },
  {
    name: 'a developer changes what a protected tag brings along',
    file: 'src/api/releases.ts',
    find: 'if (!(await mayUpdateRef(db.read, project.id, role, { name, tag: true })))',
    replace: 'if (!(await mayUpdateRef(db.read, project.id, role, { name, tag: false })))',
    tests: rights,
  },
  {
    name: 'a release that is to come is the latest',
    file: 'src/releases/release-store.ts',
    find: "    .where('released_at', '<=', now)\n",
    replace: "    .where('released_at', '>', 0)\n",
    tests: releases,
  },
  {
    name: 'guests see the tags of releases',
    file: 'src/api/entities/release.ts',
    find: '...(code && { tag_name: row.tag }),',
    replace: 'tag_name: row.tag,',
    tests: rights,
  },
  {
    name: 'a link of a release leads into a script',
    file: 'src/releases/release-links.ts',
    find: 'SCHEMES.includes(new URL(text).protocol)',
    replace: "new URL(text).protocol !== ''",
    tests: releases,
  },
  {
    name: 'a release is made though the script has failed',
    file: 'src/ci/plan-jobs.ts',
    find: "all.push({ name: 'release', script: lines, when: 'on_success', allow_failure: false });",
    replace: "all.unshift({ name: 'release', script: lines, when: 'on_success', allow_failure: false });",
    tests: ['test/journeys/release-step.test.ts'],
  },
  {
    name: 'a backtick in the text of a release is a command',
    file: 'src/ci/release-script.ts',
    find: '/["\\\\`]/g',
    replace: '/["\\\\]/g',
    tests: ['test/journeys/release-step.test.ts'],
  },
];
