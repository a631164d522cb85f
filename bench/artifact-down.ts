import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark } from './frame/benchmark.ts';
import { Connection, requestBytes } from './frame/connection.ts';
import { download } from './frame/download.ts';
import { type Figure, measure, type Step } from './frame/measure.ts';
import { startNginx } from './frame/nginx.ts';
import { startServer } from './frame/server-process.ts';
import { ARCHIVE_BYTES, asForm, makeArchive } from './seed/archive.ts';
import { claimJobs } from './seed/claimed-jobs.ts';
import { upload } from './seed/upload.ts';
import { openYard } from './seed/yard.ts';

export const benchmark: Benchmark = {
  name: 'An artifact comes down',
  about: `\`GET /projects/:id/jobs/:job_id/artifacts\` with an access token: an archive of ${ARCHIVE_BYTES / 1024 / 1024} MiB, one download after the
other, each on a connection of its own; the client throws away what it reads. The floors are a bare node:http server that
streams the same file, and nginx with sendfile on one worker; where no nginx is installed, its row is not there.`,
  async run({ folder, seconds, scale, progress }) {
    const yard = await openYard(folder);
    const archive = await makeArchive(ARCHIVE_BYTES * scale);
    const file = join(folder, 'artifacts.zip');
    writeFileSync(file, archive, { mode: 0o644 });
    const bare = await startServer('bench/floors/stream-file.ts', [file]);
    const nginx = await startNginx(folder);
    try {
      const [claimed] = await claimJobs(yard, 1);
      if (!claimed) throw new Error('no job');
      const connection = await Connection.open(yard.server.url);
      await upload(connection, claimed.job, asForm(archive));
      connection.close();
      const path = `/api/v4/projects/${yard.project.id}/jobs/${claimed.job.id}/artifacts`;
      const subject: Step = {
        ...downloads('an archive of 200 MiB', yard.server.url, path, { 'PRIVATE-TOKEN': yard.token }),
        pauses: yard.server.pauses,
        memory: true,
      };
      const figures: Figure[] = [];
      figures.push(await measure(subject, downloads('bare node:http, a stream', bare.url, '/', {}), seconds));
      if (nginx)
        figures.push(
          await measure(subject, downloads('nginx with sendfile', nginx.url, '/artifacts.zip', {}), seconds),
        );
      else progress('no nginx is installed: that comparison is left out');
      return figures;
    } finally {
      await nginx?.stop();
      await bare.stop();
      await yard.close();
    }
  },
};

const downloads = (name: string, url: string, path: string, headers: Record<string, string>): Step => ({
  name,
  once: () => download(url, requestBytes('GET', path, headers)),
});
