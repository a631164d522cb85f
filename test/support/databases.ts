export type DatabaseKind = 'sqlite' | 'postgres';

const all: DatabaseKind[] = ['sqlite', 'postgres'];

/**
 * The databases that this run's tests use, for `describe.each(databases)`: both, or those that
 * JOBYARD_TEST_DATABASES names (`sqlite`, `postgres`, `sqlite,postgres`).
 */
export const databases: DatabaseKind[] = chosen(process.env['JOBYARD_TEST_DATABASES']);

function chosen(names: string | undefined): DatabaseKind[] {
  if (!names) return all;
  return names.split(',').map((name) => {
    const kind = all.find((known) => known === name.trim());
    if (!kind) throw new Error(`JOBYARD_TEST_DATABASES: '${name}' is not one of ${all.join(', ')}`);
    return kind;
  });
}
