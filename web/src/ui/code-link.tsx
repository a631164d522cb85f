import type { ComponentProps } from 'react';
import { Link } from '../address/link.tsx';
import { useAbilities } from '../api/abilities.ts';

/** A link into the code of a project for whoever may read it; others see what it is about. */
export function CodeLink({
  fullPath,
  href,
  children,
  ...rest
}: { fullPath: string } & Pick<ComponentProps<typeof Link>, 'href' | 'className' | 'title' | 'children'>) {
  const can = useAbilities('project', fullPath);
  if (!can('read_code')) return <span {...rest}>{children}</span>;
  return (
    <Link href={href} {...rest}>
      {children}
    </Link>
  );
}
