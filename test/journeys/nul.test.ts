import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse } from '../support/runner-house.ts';
import { bootServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';

/** PostgreSQL takes no text with this character. */
describe.each(databases)('the character NUL, on %s', (kind) => {
  test.each(['/a%00b/info/refs?service=git-upload-pack', '/a/b%00/-/raw/main/file'])(
    'is refused in the path of a project: %s',
    async (path) => {
      const server = await bootServer({ database: kind });
      expect((await fetch(server.url + path)).status).toBe(400);
    },
  );

  test('is left out of the name of an artifact', async () => {
    const house = await openRunnerHouse(kind);
    const { runner, start } = await moveIn(house);
    await start(planned('a'));
    const { job } = await runner.request();
    await runner.running(job!);
    const reply = await runner.artifact(job!, await zipOf({ a: 'b' }), {}, 'a\0.zip');
    expect(reply.status).toBe(201);
    const rows = await house.parts.db.read.selectFrom('job_artifacts').select('filename').execute();
    expect(rows).toEqual([{ filename: 'a.zip' }]);
  });
});
