import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { useToasts } from '../../ui/toasts.tsx';

/** Whoever has signed in meanwhile, in another tab, need not do it again; whoever wants to be somebody else can. */
export function SignedInAlready({ name, back }: { name: string; back: string }) {
  const client = useQueryClient();
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const signOut = async () => {
    setBusy(true);
    try {
      await api.DELETE('/api/v4/session');
      // The form comes with the session that is nobody's.
      await client.resetQueries({ queryKey: keys.session });
    } catch (error) {
      toasts.problem(error);
      setBusy(false);
    }
  };
  return (
    <>
      <p>
        You are signed in as{' '}
        <strong>
          <Name text={name} />
        </strong>
        .
      </p>
      <ButtonLink href={back} kind="primary">
        Go on
      </ButtonLink>
      <Button busy={busy} onClick={() => void signOut()}>
        Sign in as somebody else
      </Button>
    </>
  );
}
