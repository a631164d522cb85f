import type { Patch } from '../patch.ts';

const pushes = ['src/git-http/push.test.ts'];
const refused = ['src/git-http/refused-pushes.test.ts'];
const journey = ['test/journeys/git.test.ts', 'test/journeys/git-rights.test.ts'];

export const patches: Patch[] = [
  {
    name: 'git reports a push before its pipelines are kept',
    file: 'src/git-http/push.ts',
    find: 'answer.say(await callbacks.after(updated));',
    replace: 'void callbacks.after(updated).catch(() => {});',
    tests: pushes,
  },
  {
    name: 'a branch may have a name that deceives',
    file: 'src/git-http/push.ts',
    find: "    else if (!isBranchName(name)) refusals.set(ref, 'this name is not allowed');\n",
    replace: '',
    tests: refused,
  },
  {
    name: 'a protected branch can be overwritten',
    file: 'src/git-http/push.ts',
    find: "    push.settings.push('receive.denyNonFastForwards=true');\n",
    replace: "    push.settings.push('receive.denyNonFastForwards=false');\n",
    tests: refused,
  },
  {
    name: 'a developer pushes to a protected branch',
    file: 'src/git/update-refusal.ts',
    find: 'if (!reachesLevel(role, rule.push_access_level))',
    replace: "if (!reaches(role, 'developer'))",
    tests: journey,
  },
  {
    name: 'a developer makes a protected tag',
    file: 'src/git/update-refusal.ts',
    find: 'return reachesLevel(role, level) ? null :',
    replace: "return reaches(role, 'developer') ? null :",
    tests: journey,
  },
  {
    name: 'a pipeline whose start a dead server began has no ref',
    file: 'src/git/pipeline-refs.ts',
    find: "if (code !== 'EEXIST' && code !== 'ENOENT') throw error;",
    replace: "if (code !== 'ENOENT') throw error;",
    tests: ['src/git/write.test.ts'],
  },
];
