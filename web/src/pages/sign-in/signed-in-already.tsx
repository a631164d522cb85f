import { ButtonLink } from '../../ui/button.tsx';

/** Whoever has signed in meanwhile, in another tab, need not do it again. */
export function SignedInAlready({ name, back }: { name: string; back: string }) {
  return (
    <>
      <p>
        You are signed in as <strong>{name}</strong>.
      </p>
      <ButtonLink href={back} kind="primary">
        Go on
      </ButtonLink>
    </>
  );
}
