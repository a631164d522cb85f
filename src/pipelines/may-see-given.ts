import { reaches, type Role } from '../access/permissions.ts';

/** The variables that a pipeline was given are for whoever began it and for maintainers, wherever their values stand. */
export const maySeeGiven = (
  { user }: { user: { id: number } | null },
  reader: { user: { id: number } | null; role: Role },
): boolean => reaches(reader.role, 'maintainer') || (user !== null && user.id === reader.user?.id);
