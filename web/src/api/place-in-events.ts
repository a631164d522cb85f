/** Behind which event the page is, and since when, by `performance.now()`, the server is known to be there. */
interface Place {
  id: string;
  at: number;
}

let place: Place | null = null;

/** The HTML says behind which event it was sent: whatever the page asks for is asked for later. */
const ofTheHtml = (): Place => ({
  id: document.querySelector<HTMLMetaElement>('meta[name="last-event-id"]')?.content ?? '',
  at: 0,
});

/**
 * Where a stream goes on. What was asked for since `at` is as it was behind the event `id`, or newer, and what
 * has changed since is told: none of it needs to be asked for again.
 */
export const placeInEvents = (): Readonly<Place> => (place ??= ofTheHtml());

export function moveOn(id: string): void {
  place = { id, at: performance.now() };
}
