import type { Patch } from '../patch.ts';

const snapshot = ['test/journeys/run-snapshot.test.ts'];
const run = ['test/journeys/run-locally.test.ts'];
const list = ['test/journeys/run-list.test.ts'];
const ends = ['test/journeys/run-ends.test.ts'];
const server = ['test/journeys/run-with-server.test.ts'];
const containers = ['test/journeys/run-containers.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a run leaves out files that git does not know',
    file: 'src/local/snapshot.ts',
    find: "'add', '--all'",
    replace: "'add', '--update'",
    tests: snapshot,
  },
  {
    name: "a run writes objects to the user's repository",
    file: 'src/local/snapshot.ts',
    find: "      GIT_OBJECT_DIRECTORY: join(target, 'objects'),\n",
    replace: '',
    tests: snapshot,
  },
  {
    name: "a run writes the user's index",
    file: 'src/local/snapshot.ts',
    find: '      GIT_INDEX_FILE: index,\n',
    replace: '',
    tests: snapshot,
  },
  {
    name: 'a run that git calls takes the repository that git is at work on',
    file: 'src/local/user-git.ts',
    find: '!OF_ANOTHER_GIT.test(key)',
    replace: 'key !== OF_ANOTHER_GIT.source',
    tests: snapshot,
  },
  {
    name: 'a picked job brings all of the stages before',
    file: 'src/local/pick-jobs.ts',
    find: ' && leavesFiles(earlier)',
    replace: '',
    tests: ['src/local/pick-jobs.test.ts'],
  },
  {
    name: 'a job that was named may fail',
    file: 'src/local/watch-run.ts',
    find: "(job.status === 'failed' && isNamed(job)) ||",
    replace: '',
    tests: run,
  },
  {
    name: 'a pipeline in which something waits has not failed',
    file: 'src/local/watch-run.ts',
    find: '(isFailure(job) && job.above.length === 0) ||',
    replace: '',
    tests: run,
  },
  {
    name: 'a large archive never comes to its end',
    file: 'runner/zip-archive.ts',
    find: '  zip.end();\n',
    replace: '',
    tests: ['runner/zip-archive.test.ts'],
  },
  {
    name: 'a run ends before the manual job that it has started',
    file: 'src/local/watch-run.ts',
    find: 'hasPlayed = true;',
    replace: 'hasPlayed = false;',
    tests: run,
  },
  {
    name: 'a run keeps the values of variables',
    file: 'src/local/run-folder.ts',
    find: 'for (const path of [data, builds]) removeTree(path);',
    replace: '',
    tests: run,
  },
  {
    name: 'two runs have one folder',
    file: 'src/local/run-folder.ts',
    find: 'isAlive(pid) && startOf(pid) === started',
    replace: 'isAlive(pid) && startOf(pid) !== started',
    tests: ends,
  },
  {
    name: 'Ctrl-C ends the runner before it has canceled',
    file: 'src/built-in-runner.ts',
    find: 'detached: own !== null,',
    replace: 'detached: false,',
    tests: ends,
  },
  {
    name: 'the pipeline of a merge request is of a branch',
    file: 'src/ci/predefined.ts',
    find: "pipeline.source === 'merge_request_event'",
    replace: "pipeline.source === 'merge_request'",
    tests: list,
  },
  {
    name: 'a merge request of a run changes what its last push has',
    file: 'src/local/pipeline-request.ts',
    find: 'isMergeRequest ? comparedWithTarget(input) : input.lookUp',
    replace: 'isMergeRequest ? input.lookUp : comparedWithTarget(input)',
    tests: snapshot,
  },
  {
    name: 'jobs of a clone with a filter are promised its history',
    file: 'src/local/snapshot.ts',
    find: 'if (repository?.partial)',
    replace: 'if (!repository)',
    tests: snapshot,
  },
  {
    name: 'the sources of a run are asked of a proxy',
    file: 'runner/git-access.ts',
    find: 'LOOPBACK.test(url.hostname)',
    replace: 'LOOPBACK.test(url.protocol)',
    tests: run,
  },
  {
    name: 'a run empties what a link leads to',
    file: 'src/local/run-folder.ts',
    find: 'if (!lstatSync(root).isDirectory())',
    replace: 'if (lstatSync(root).isFile())',
    tests: ends,
  },
  {
    name: 'git goes on reading the work tree of a run that was canceled',
    file: 'src/local/user-git.ts',
    find: "signal?.addEventListener('abort', end);",
    replace: '',
    tests: ends,
  },
  {
    name: 'what is masked on the server is shown here',
    file: 'src/local/server-copy.ts',
    find: 'protected: isProtected, masked, raw };',
    replace: 'protected: isProtected, masked: false, raw };',
    tests: server,
  },
  {
    name: 'rules see the private server',
    file: 'src/local/pipeline-request.ts',
    find: 'const value = values[each.key];',
    replace: 'const value = values[`_${each.key}`];',
    tests: server,
  },
  {
    name: "a container gets this machine's PATH",
    file: 'runner/job-container.ts',
    find: '!OF_THE_HOST.includes(key) || sent.has(key)',
    replace: 'key !== sent.size.toFixed()',
    tests: containers,
  },
  {
    name: 'the containers of a job outlive it',
    file: 'runner/job.ts',
    find: '  await run.container?.remove();\n',
    replace: '',
    tests: containers,
  },
  {
    name: 'the containers of a run that was killed are left',
    file: 'runner/leftovers.ts',
    find: '    await engine?.removeAll(record.mark);\n',
    replace: '',
    tests: containers,
  },
];
