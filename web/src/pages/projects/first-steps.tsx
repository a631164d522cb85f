import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ArrowRight, CheckCircle2, Circle } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { sessionQuery } from '../../api/session.ts';
import { Link } from '../../address/link.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import css from './first-steps.module.css';

/** What a server that was just started waits for: shown until there is a project. */
export function FirstSteps({ noProjects }: { noProjects: boolean }) {
  const { data: session } = useQuery(sessionQuery);
  const mustChange = session?.must_change_password === true;
  if (!noProjects)
    return (
      mustChange && (
        <div className={css.reminder}>
          <Note tone="waiting">
            Somebody else may know your password.{' '}
            <Link href={addresses.password('/')}>Choose one of your own</Link>
          </Note>
        </div>
      )
    );
  return (
    <section className={css.steps} aria-label="First steps">
      <h2>From here to a green pipeline</h2>
      <ol>
        <Step
          done={!mustChange}
          current
          title="Choose a password of your own"
          text="Somebody else may know the one that you were given."
        >
          <ButtonLink href={addresses.password('/')} size="small">
            Change the password
          </ButtonLink>
        </Step>
        <Step
          done={false}
          current={!mustChange}
          title="Make a project"
          text="It holds a repository, and runs what its .gitlab-ci.yml says."
        >
          <ButtonLink href={addresses.newProject()} kind="primary" size="small">
            New project
          </ButtonLink>
        </Step>
        <Step
          done={false}
          current={false}
          title="Push, and watch it run"
          text="The project’s page has the commands, or adds an example for you."
        />
      </ol>
    </section>
  );
}

interface StepProps {
  done: boolean;
  /** What comes next. */
  current: boolean;
  title: string;
  text: string;
  children?: ReactNode;
}

function Step({ done, current, title, text, children }: StepProps) {
  const Icon = done ? CheckCircle2 : current ? ArrowRight : Circle;
  return (
    <li className={css.step} data-done={done || undefined} data-current={(current && !done) || undefined}>
      <Icon size={18} aria-hidden />
      <div className={css.what}>
        <strong>{title}</strong>
        {done ? <span className="visually-hidden"> (done)</span> : <p>{text}</p>}
      </div>
      {!done && children !== undefined && <div className={css.act}>{children}</div>}
    </li>
  );
}
