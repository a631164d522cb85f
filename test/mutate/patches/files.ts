import type { Patch } from '../patch.ts';

const artifacts = ['src/artifacts/artifacts.test.ts'];
const archive = ['src/artifacts/archive.test.ts', 'src/artifacts/lying-archive.test.ts'];
const log = ['test/journeys/job-log.test.ts'];

/** Of artifacts, archives and logs. */
export const patches: Patch[] = [
  {
    name: 'artifacts that are locked hold up what expires behind them',
    file: 'src/artifacts/artifact-store.ts',
    find: "      .where('locked_ref', 'is', null)\n      .orderBy('expire_at')",
    replace: "      .orderBy('expire_at')",
    tests: artifacts,
  },
  {
    name: 'an older pipeline takes the lock from a newer one',
    file: 'src/artifacts/artifact-store.ts',
    find: 'return newer !== undefined;',
    replace: 'return newer === null;',
    tests: artifacts,
  },
  {
    name: 'two pipelines that succeed together both keep their locks',
    file: 'src/artifacts/lock-artifacts.ts',
    find: '  if (!(await keepsLatest(tx, project_id))) return;\n  await holdLocks(tx, project_id);\n',
    replace: '  if (!(await keepsLatest(tx, project_id))) return;\n',
    tests: ['src/artifacts/lock-artifacts.test.ts'],
    postgres: true,
  },
  {
    name: 'the artifacts of every pipeline stay locked',
    file: 'src/artifacts/lock-artifacts.ts',
    find: '  await removeLocks(tx, { project_id, locked_ref, exceptPipelines: family });\n',
    replace: '',
    tests: artifacts,
  },
  {
    name: 'an upload is taken whatever has become of its job since it began',
    file: 'src/artifacts/store-artifact.ts',
    find: '      await admit?.(tx);\n',
    replace: '',
    tests: ['test/journeys/late-uploads.test.ts'],
  },
  {
    name: 'expired artifacts leave their bytes behind',
    file: 'src/artifacts/expire-artifacts.ts',
    find: '        await releaseArtifacts(tx, expired, clock());\n',
    replace: '',
    tests: artifacts,
  },
  {
    name: 'the name of a zip entry leads out of the archive',
    file: 'src/artifacts/zip-directory.ts',
    find: "segment !== '' && segment !== '.' && segment !== '..'",
    replace: "segment !== '' && segment !== '.'",
    tests: archive,
  },
  {
    name: 'of two zip entries with one name the last counts',
    file: 'src/artifacts/zip-index.ts',
    find: 'if (unique.at(-1)?.key === item.key) continue;',
    replace: 'if (unique.at(-1)?.key === item.key) unique.pop();',
    tests: archive,
  },
  {
    name: 'bytes outside of a zip file are read as one of its entries',
    file: 'src/artifacts/zip-directory.ts',
    find: 'raw.relativeOffsetOfLocalHeader + compressedSize > fileSize || uncompressedSize > LARGEST',
    replace: 'uncompressedSize > LARGEST',
    tests: archive,
  },
  {
    name: 'a block of an upload is overwritten while it is stored',
    file: 'src/runner-api/blocks.ts',
    find: '[filling, lent] = [lent, filling];',
    replace: '',
    tests: ['src/runner-api/blocks.test.ts'],
  },
  {
    name: 'memory of an upload is given back that is still to be read',
    file: 'src/runner-api/blocks.ts',
    find: 'if (piece.length === piece.buffer.byteLength) giveBack',
    replace: 'if (piece.length > 0) giveBack',
    tests: ['src/runner-api/blocks.test.ts'],
  },
  {
    name: 'a piece of a download is overwritten while it is sent',
    file: 'src/blobs/outgoing-file.ts',
    find: 'this.#turn === 0 ? 1 : 0',
    replace: '0',
    tests: ['test/journeys/large-files.test.ts'],
  },
  {
    name: 'the last chunk of a log, repeated, is taken for a gap',
    file: 'src/traces/live-log.ts',
    find: "size === start + bytes.length ? 'repeated' : 'gap'",
    replace: "size === start + bytes.length - 1 ? 'repeated' : 'gap'",
    tests: log,
  },
  {
    name: 'a chunk that overlaps the log is stored',
    file: 'src/traces/live-log.ts',
    find: 'if (start !== size)',
    replace: 'if (start > size)',
    tests: log,
  },
  {
    name: 'a stored variable can be changed unnoticed',
    file: 'src/variables/encrypt.ts',
    find: 'return Buffer.concat([text, decipher.final()])',
    replace: 'return Buffer.concat([text])',
    tests: ['src/variables/encrypt.test.ts'],
  },
  {
    name: 'equal variables are stored alike',
    file: 'src/variables/encrypt.ts',
    find: 'const iv = randomBytes(IV_BYTES);',
    replace: 'const iv = randomBytes(IV_BYTES).fill(0);',
    tests: ['src/variables/encrypt.test.ts'],
  },
  {
    name: 'a log that was sent again goes on where another ended',
    file: 'src/traces/follow-trace.ts',
    find: 'trace.generation !== generation || ',
    replace: '',
    tests: ['test/journeys/job-trace-stream.test.ts', 'test/journeys/event-log-resumed.test.ts'],
  },
  {
    name: 'a sealed log has forgotten that it was sent again',
    file: 'src/traces/seal-trace.ts',
    find: '  const { generation } = mark;',
    replace: '  const generation = mark.size * 0;',
    tests: ['test/journeys/job-trace-stream.test.ts'],
  },
  {
    name: 'a log has forgotten after a start that it was sent again',
    file: 'src/traces/log-header.ts',
    find: 'slot.writeUInt16LE(generation, 6);',
    replace: 'slot.writeUInt16LE(generation * 0, 6);',
    tests: ['src/traces/live-logs.test.ts'],
  },
];
