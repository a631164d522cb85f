import { CircleCheck, CircleMinus } from 'lucide-react';
import { useState } from 'react';
import { PlaceLink } from '../../../code/place-link.tsx';
import { Name, Names, Seen } from '../../../ui/name.tsx';
import { Clause, type ClauseTold } from './clause.tsx';
import css from './why.module.css';

export interface Explained {
  name: string;
  stage: string;
  included: boolean;
  message: string;
  /** Where it is written, of what has a place. */
  file?: string;
  line?: number;
  when?: string | null;
  dropped_needs?: readonly string[];
  decided_by: ClauseTold | null;
  passed_over: readonly ClauseTold[];
}

interface Props {
  of: Explained;
  fullPath: string;
  sha: string;
  open?: boolean;
}

/** One job, include or workflow: in or out, the reason in a sentence, and on a click the rules. */
export function Decision({ of, fullPath, sha, open = false }: Props) {
  // Until somebody opens or closes it, it is as the search says.
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? open;
  const { name, stage, included, message, decided_by, passed_over } = of;
  const Icon = included ? CircleCheck : CircleMinus;
  const place = { fullPath, sha };
  const dropped = of.dropped_needs ?? [];
  return (
    <li>
      <details
        className={css.decision}
        open={isOpen}
        onToggle={({ currentTarget }) => currentTarget.open !== isOpen && setChosen(currentTarget.open)}
      >
        <summary className={css.summary}>
          <Icon
            size={16}
            strokeWidth={2.25}
            className={css.icon}
            data-in={included}
            role="img"
            aria-label={included ? 'In' : 'Left out'}
          />
          <span className={css.what}>
            <span className={css.name}>
              <Name text={name} />
            </span>
            {stage !== '' && (
              <span className={css.muted}>
                <Name text={stage} />
              </span>
            )}
          </span>
          <span className={css.reason}>
            <Seen text={message} />
            {(of.when ?? 'on_success') !== 'on_success' && `, ${of.when?.replaceAll('_', ' ')}`}
          </span>
        </summary>
        {isOpen && (
          <div className={css.inside}>
            {of.file !== undefined && of.line !== undefined && (
              <p className={css.muted}>
                Written in <PlaceLink file={of.file} line={of.line} fullPath={fullPath} refName={sha} />
              </p>
            )}
            {decided_by && (
              <section>
                <p className={css.label}>What decided</p>
                <Clause of={decided_by} {...place} />
              </section>
            )}
            {passed_over.length > 0 && (
              <section>
                <p className={css.label}>
                  {decided_by ? 'Before it, these did not match' : 'None of these matched'}
                </p>
                {passed_over.map((clause, index) => (
                  <Clause key={index} of={clause} {...place} />
                ))}
              </section>
            )}
            {dropped.length > 0 && (
              <p className={css.muted}>
                Optional needs that are not in the pipeline: <Names of={dropped} />
              </p>
            )}
            {decided_by === null &&
              passed_over.length === 0 &&
              dropped.length === 0 &&
              of.file === undefined && <p className={css.muted}>No rule was asked.</p>}
          </div>
        )}
      </details>
    </li>
  );
}
