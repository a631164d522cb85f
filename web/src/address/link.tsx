import type { ComponentProps } from 'react';
import { Link as RouterLink } from 'wouter';

/** A link within the app; everything outside (downloads, the API) is a plain `<a>`. */
export function Link({ href, ...rest }: Omit<ComponentProps<'a'>, 'href'> & { href: string }) {
  return <RouterLink href={href} {...rest} />;
}
