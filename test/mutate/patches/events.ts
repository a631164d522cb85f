import type { Patch } from '../patch.ts';

const streams = ['test/journeys/event-streams.test.ts'];
const rights = ['test/journeys/event-rights.test.ts'];
const places = ['test/journeys/event-places.test.ts'];
const resumed = ['test/journeys/event-log-resumed.test.ts'];
const logRights = ['test/journeys/event-log-rights.test.ts'];
const servers = ['src/events/events-of-servers.test.ts'];

/** What changes, told to those who follow it. */
export const patches: Patch[] = [
  {
    name: 'a push that is accepted twice is told twice',
    file: 'src/pipelines/accept-push.ts',
    find: 'if (await closePush(tx, id)) noteRefs',
    replace: 'if ((await closePush(tx, id)) || true) noteRefs',
    tests: ['src/pipelines/accept-push.test.ts'],
  },
  {
    name: 'who comes again with other rights is not told to look anew',
    file: 'src/events/follow-events.ts',
    find: "return missed.events.some(concerns) ? 'access' : found;",
    replace: 'return missed.events.some(concerns) ? found : found;',
    tests: places,
  },
  {
    name: 'everybody hears what happens in all projects',
    file: 'src/api/event-view.ts',
    find: "return allowsOnProject('read_project', role, subject) && allowsOnProject(ability, role, subject);",
    replace: 'return role !== null;',
    tests: rights,
  },
  {
    name: 'whoever sees jobs hears of environments and variables too',
    file: 'src/api/event-view.ts',
    find: 'this.#may(ABILITIES[type], subject.id)',
    replace: "this.#may('read_build', subject.id)",
    tests: rights,
  },
  {
    name: 'everybody hears of all runners',
    file: 'src/api/event-view.ts',
    find: "if (!runner || runner.runner_type === 'instance_type') return runner !== null;",
    replace: 'if (runner) return true;',
    tests: rights,
  },
  {
    name: 'a session or a token that has ended keeps its stream of all projects',
    file: 'src/api/event-view.ts',
    find: "if (error instanceof ApiError && error.status < 500) return 'lost';",
    replace: "if (error instanceof ApiError && error.status < 500) return 'same';",
    tests: rights,
  },
  {
    name: 'who loses a membership is not told',
    file: 'src/access/member-store.ts',
    find: "  for (const { user_id } of gone) noteChange(tx, { type: 'access', user_id });\n",
    replace: '',
    tests: rights,
  },
  {
    name: 'who has signed out still hears what everybody may',
    file: 'src/api/event-view.ts',
    find: "if (this.#caller.user?.id !== before.user?.id) return 'lost';",
    replace: '',
    tests: rights,
  },
  {
    name: 'rights are looked at only when somebody says that they have changed',
    file: 'src/events/follow-events.ts',
    find: 'if (mayHaveChanged || performance.now() - lookedAt >= heartbeat) {',
    replace: 'if (mayHaveChanged) {',
    tests: rights,
  },
  {
    name: 'a ring gives what it has overwritten',
    file: 'src/events/event-ring.ts',
    find: 'return this.#next - seq <= this.#kept;',
    replace: 'return seq <= this.#next;',
    tests: places,
  },
  {
    name: 'a ring goes on after a position that it never had',
    file: 'src/events/event-ring.ts',
    find: "if (life !== this.#life || seq > this.#next) return 'unknown';",
    replace: "if (life !== this.#life) return 'unknown';",
    tests: places,
  },
  {
    name: 'a thousand jobs are told one by one',
    file: 'src/events/pending-changes.ts',
    find: 'change.ids.length > SOME_JOBS',
    replace: 'change.ids.length < 0',
    tests: streams,
  },
  {
    name: 'a stream that is over keeps its place',
    file: 'src/api/event-streams.ts',
    find: '      leave();\n      exit();\n',
    replace: '      leave();\n',
    tests: places,
  },
  {
    name: 'a message between servers that is missing is not missed',
    file: 'src/events/exchange.ts',
    find: 'if (peer && number !== peer.number + 1) this.#options.gap();',
    replace: '',
    tests: servers,
    postgres: true,
  },
  {
    name: 'a server that fell silent has missed nothing',
    file: 'src/events/exchange.ts',
    find: '        this.#peers.delete(name);\n        this.#options.gap();\n',
    replace: '        this.#peers.delete(name);\n',
    tests: servers,
    postgres: true,
  },
  {
    name: 'a connection that was lost has missed nothing',
    file: 'src/events/exchange.ts',
    find: '    this.#peers.clear();\n    this.#options.gap();\n',
    replace: '    this.#peers.clear();\n',
    tests: servers,
    postgres: true,
  },
  {
    name: 'more than can be told is told as nothing',
    file: 'src/events/exchange.ts',
    find: '    else this.#number += 1;\n',
    replace: '',
    tests: servers,
    postgres: true,
  },
  {
    name: 'a stream that comes again begins its log anew',
    file: 'src/api/stream-place.ts',
    find: 'Number(job) === jobId ? Number(byte) : null',
    replace: 'null',
    tests: resumed,
  },
  {
    name: 'what was read of one log counts for another',
    file: 'src/api/stream-place.ts',
    find: 'Number(job) === jobId ? Number(byte) : null',
    replace: 'Number(byte)',
    tests: resumed,
  },
  {
    name: 'whoever follows a project reads any log of it',
    file: 'src/api/event-streams.ts',
    find: 'await jobWithLog(db, call.project, call.role, job_id);',
    replace: '',
    tests: logRights,
  },
  {
    name: 'who is a developer no more reads on in a log that shows secrets',
    file: 'src/api/event-streams.ts',
    find: 'mayReadLog(job, view.role)',
    replace: "mayReadLog(job, given.only?.role ?? 'owner')",
    tests: logRights,
  },
  {
    name: 'a stream does not end while its log goes on',
    file: 'src/api/alongside.ts',
    find: 'while (asked.has(leading)) {',
    replace: 'while (asked.size > 0) {',
    tests: logRights,
  },
];
