import type { ComponentProps, MouseEvent } from 'react';
import { navigate } from 'wouter/use-browser-location';

/**
 * A link within the app; everything outside (downloads, the API) is a plain `<a>`. Unlike the router's own it does not hear
 * of each change of the address, which hundreds of links in a graph would be drawn anew for.
 */
export function Link({
  href,
  onClick,
  children,
  ...rest
}: Omit<ComponentProps<'a'>, 'href'> & { href: string }) {
  const clicked = (event: MouseEvent<HTMLAnchorElement>) => {
    const { ctrlKey, metaKey, altKey, shiftKey, button } = event;
    // These open it elsewhere, or save it.
    if (ctrlKey || metaKey || altKey || shiftKey || button !== 0) return;
    onClick?.(event);
    if (event.defaultPrevented) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} onClick={clicked} {...rest}>
      {children}
    </a>
  );
}
