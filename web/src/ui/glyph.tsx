import type { LucideIcon } from 'lucide-react';
import type { SVGAttributes } from 'react';
import { GLYPH_PATHS } from './glyph-paths.ts';

interface Props extends SVGAttributes<SVGSVGElement> {
  icon: LucideIcon;
  size: number;
}

/** An icon as it looks everywhere, of two elements instead of up to nine: for where hundreds are in sight. */
export function Glyph({ icon: Icon, size, strokeWidth = 2, ...rest }: Props) {
  const path = GLYPH_PATHS.get(Icon);
  if (path === undefined) return <Icon size={size} strokeWidth={strokeWidth} {...rest} />;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={strokeWidth}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...rest}
    >
      <path d={path} />
    </svg>
  );
}
