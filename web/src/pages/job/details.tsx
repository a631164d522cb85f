import { Name, Seen } from '../../ui/name.tsx';
import { durationText, Time } from '../../ui/time.tsx';
import { Note } from '../../ui/note.tsx';
import { failureWords } from './failure-words.ts';
import { Fact, Facts, Panel, panel } from './panel.tsx';
import type { Attempt, Job } from './queries.ts';

/** Why it failed; nothing for a job that did not. */
export function Failure({ job, attempt }: { job: Job; attempt: Attempt | undefined }) {
  if (job.status !== 'failed') return null;
  const reason = job.failure_reason ?? attempt?.failure_reason ?? 'unknown_failure';
  return (
    <Note tone={job.allow_failure ? 'waiting' : 'failed'}>
      {failureWords(reason)}
      {attempt?.failure_message && <Seen text={`\n${attempt.failure_message}`} />}
      {job.allow_failure && '\nIt is allowed to fail, so the pipeline goes on.'}
    </Note>
  );
}

/** Facts about the job: times, runner, tags, coverage. */
export function Details({ job, attempt }: { job: Job; attempt: Attempt | undefined }) {
  const { runner, coverage } = job;
  return (
    <Panel title="Details">
      <Facts>
        <Fact name="Queued">{job.started_at !== null && durationText(job.queued_duration)}</Fact>
        <Fact name="Duration">{job.finished_at !== null && durationText(job.duration)}</Fact>
        <Fact name="Finished">{job.finished_at && <Time at={job.finished_at} />}</Fact>
        <Fact name="Erased">{job.erased_at && <Time at={job.erased_at} />}</Fact>
        <Fact name="Runner">
          {runner && (
            <>
              #{runner.id} <Name text={runner.description ?? runner.name ?? ''} />
            </>
          )}
        </Fact>
        <Fact name="Tags">
          {job.tag_list.length > 0 && (
            <span className={panel.tags}>
              {job.tag_list.map((tag) => (
                <span key={tag} className={panel.tag}>
                  <Name text={tag} />
                </span>
              ))}
            </span>
          )}
        </Fact>
        <Fact name="Coverage">{coverage === null ? null : `${coverage} %`}</Fact>
        <Fact name="Environment">{attempt?.environment && <Name text={attempt.environment} />}</Fact>
        <Fact name="Runs when">{attempt && attempt.when !== 'on_success' && WHEN[attempt.when]}</Fact>
      </Facts>
    </Panel>
  );
}

const WHEN: Record<Attempt['when'], string> = {
  on_success: '',
  on_failure: 'something before has failed',
  always: 'whatever comes before',
  manual: 'somebody plays it',
  delayed: 'its time has come',
};
