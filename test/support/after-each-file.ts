const endings: (() => unknown)[] = [];

/**
 * Has this done after every test file, before what was registered earlier. Vitest's own `afterAll` is for the file that
 * is being loaded, and a module is loaded once for all the files that a process runs.
 */
export function afterEachFile(end: () => unknown): void {
  endings.push(end);
}

/** @throws the first failure, when all of it has been tried */
export async function endFile(): Promise<void> {
  const failures: unknown[] = [];
  for (const end of endings.toReversed())
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}
