export interface Slot {
  /** Lowest number that no other running job of this runner has. */
  concurrent_id: number;
  /** Lowest number that no other running job of the project has. */
  concurrent_project_id: number;
}

/** Numbers the running jobs, so that no two work in the same folder and folders are used again. */
export class Slots {
  readonly #taken = new Map<Slot, number>();

  take(projectId: number): Slot {
    const all = [...this.#taken];
    const slot = {
      concurrent_id: lowestFree(all.map(([{ concurrent_id }]) => concurrent_id)),
      concurrent_project_id: lowestFree(
        all
          .filter(([, project]) => project === projectId)
          .map(([{ concurrent_project_id }]) => concurrent_project_id),
      ),
    };
    this.#taken.set(slot, projectId);
    return slot;
  }

  release(slot: Slot): void {
    this.#taken.delete(slot);
  }
}

function lowestFree(taken: number[]): number {
  let number = 0;
  while (taken.includes(number)) number += 1;
  return number;
}
