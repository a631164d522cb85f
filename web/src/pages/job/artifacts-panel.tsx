import { Download, FileText, FolderOpen, Pin } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Button, ButtonAnchor, ButtonLink } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import { sizeText } from './log/size-text.ts';
import { Panel, panel } from './panel.tsx';
import { archiveAddress, type Attempt, type Job } from './queries.ts';
import { useJobActions } from './use-job-actions.ts';

/** Not of the artifacts as somebody who looks for a file means them. */
const INNER = new Set(['archive', 'metadata', 'trace']);

/** The archive and the reports that the job has left. */
export function ArtifactsPanel({
  fullPath,
  job,
  attempt,
}: {
  fullPath: string;
  job: Job;
  attempt: Attempt | undefined;
}) {
  const action = useJobActions(fullPath, job);
  const now = useNow(60_000);
  const reports = job.artifacts.filter(({ file_type }) => !INNER.has(file_type));
  const archive = job.artifacts_file;
  if (archive === null && reports.length === 0) return null;
  const expires = job.artifacts_expire_at;
  const expired = expires !== null && new Date(expires).getTime() < now;
  return (
    <Panel title="Artifacts">
      <div className={panel.stack}>
        {archive && (
          <>
            <p className={panel.muted}>
              <Name text={archive.filename} />, {sizeText(archive.size)}
              {expires !== null && (
                <>
                  {' · '}
                  <Time at={expires} prefix={expired ? 'expired' : 'expires'} />
                  {expired && ', kept while they are the latest of their branch or tag'}
                </>
              )}
            </p>
            <div className={panel.buttons}>
              <ButtonLink size="small" icon={FolderOpen} href={addresses.jobArtifacts(fullPath, job.id)}>
                Browse
              </ButtonLink>
              <ButtonAnchor
                size="small"
                icon={Download}
                href={archiveAddress(fullPath, job.id)}
                download={archive.filename}
              >
                Download
              </ButtonAnchor>
              {attempt?.actions.includes('keep_artifacts') && (
                <Button size="small" icon={Pin} onClick={() => action.run({ act: 'keep_artifacts' })}>
                  Keep
                </Button>
              )}
            </div>
          </>
        )}
        {reports.length > 0 && (
          <div className={panel.list}>
            {reports.map(({ file_type, filename, size }) => (
              <a
                key={`${file_type} ${filename}`}
                className={panel.row}
                href={archiveAddress(fullPath, job.id, file_type)}
                download={filename}
              >
                <FileText size={16} aria-hidden />
                <span className={panel.name}>Report: {file_type}</span>
                <span className={panel.muted}>{sizeText(size)}</span>
              </a>
            ))}
          </div>
        )}
      </div>
    </Panel>
  );
}
