/** HTML within a text is text; addresses within it are links. */
export const MARKDOWN_OPTIONS = { html: false, linkify: true } as const;
