/** What is said where a browser has not copied. */
const NOT_COPIED = 'The browser does not let this page copy: select the text instead.';

/**
 * Puts a text into the clipboard.
 * @throws Error with words for people where the browser refuses
 */
export async function copyText(text: string): Promise<void> {
  // Only pages that came over https, or from this very machine, have it.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined)
    try {
      return await clipboard.writeText(text);
    } catch {
      // The older way may still be allowed.
    }
  if (!copySelected(text)) throw new Error(NOT_COPIED);
}

/** The older way copies what is selected, so something is for a moment; where the focus is, for all else may be inert. */
function copySelected(text: string): boolean {
  const selection = document.getSelection();
  if (selection === null) return false;
  const before = Array.from({ length: selection.rangeCount }, (_, at) => selection.getRangeAt(at));
  const place = document.createElement('span');
  place.className = 'visually-hidden';
  place.style.userSelect = 'text';
  place.ariaHidden = 'true';
  place.textContent = 'copied';
  (document.activeElement?.closest('[role=dialog], [role=menu]') ?? document.body).append(place);
  // Byte for byte: what is selected would lose its line breaks.
  const copy = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
  };
  document.addEventListener('copy', copy, { capture: true });
  try {
    selection.selectAllChildren(place);
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', copy, { capture: true });
    place.remove();
    selection.removeAllRanges();
    for (const range of before) selection.addRange(range);
  }
}
