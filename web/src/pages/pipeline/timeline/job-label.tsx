import type { PipelineJob } from '../../../api/schema.ts';
import { Link } from '../../../address/link.tsx';
import { Name } from '../../../ui/name.tsx';
import { StatusIcon } from '../../../ui/status.tsx';

interface Props {
  /** Null: there is nothing to open. */
  href: string | null;
  job: PipelineJob;
  className: string | undefined;
  nameClass: string | undefined;
  /** In place of its name, for those who do not see what stands beside it. */
  label?: string;
}

/** How a job went and its name, as a link where there is something to open. */
export function JobLabel({ href, job, className, nameClass, label }: Props) {
  const name = (
    <>
      <StatusIcon status={job.status} allowFailure={job.allow_failure} size={14} />
      <span className={nameClass}>
        <Name text={job.name} />
      </span>
    </>
  );
  if (href === null) return <span className={className}>{name}</span>;
  return (
    <Link href={href} className={className} aria-label={label}>
      {name}
    </Link>
  );
}
