import { Ban, type LucideIcon, OctagonX, Play, RotateCw } from 'lucide-react';
import type { JobAction } from './actions.ts';

export const ACTION_ICONS: Record<JobAction, LucideIcon> = {
  play: Play,
  retry: RotateCw,
  cancel: Ban,
  force_cancel: OctagonX,
};
