import { useQuery } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { useSearchValue } from '../../address/use-search.ts';
import { wayBack } from '../../address/way-back.ts';
import { sessionQuery } from '../../api/session.ts';
import { Note } from '../../ui/note.tsx';
import { useTitle } from '../../ui/use-title.ts';
import css from './page.module.css';
import { PasswordForm } from './password-form.tsx';
import { refusalOf } from './refusals.ts';
import { SignedInAlready } from './signed-in-already.tsx';

/** Signing in, by password or at another server; then back to where one came from. */
export default function SignInPage() {
  useTitle('Sign in');
  const [asked] = useSearchValue('redirect_to');
  const [refused] = useSearchValue('error');
  const [, navigate] = useLocation();
  const { data: session } = useQuery(sessionQuery);
  const back = wayBack(asked === '' ? null : asked, window.location.origin);
  if (!session) return null;
  const { password, openid_connect: other } = session.sign_in;
  return (
    <div className={css.card}>
      <header className={css.head}>
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1>Sign in to Jobyard</h1>
      </header>
      {refused !== '' && <Note tone="failed">{refusalOf(refused)}</Note>}
      {session.user !== null ? (
        <SignedInAlready name={session.user.name} back={back} />
      ) : (
        <>
          {password && (
            <PasswordForm
              onSignedIn={(mustChange) =>
                navigate(mustChange ? addresses.password(back) : back, { replace: true })
              }
            />
          )}
          {password && other !== null && <p className={css.or}>or</p>}
          {other !== null && (
            <a className={css.other} href={`${other.url}?${new URLSearchParams({ redirect_to: back })}`}>
              <LogIn size={16} aria-hidden />
              {other.label}
            </a>
          )}
        </>
      )}
    </div>
  );
}
