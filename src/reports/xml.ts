import { TextDecoder } from 'node:util';
import sax from 'sax';

/** What happens in a document, in its order. */
export interface XmlReader {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** A piece of text: what stands between two tags may come in several. */
  text(text: string): void;
  close(name: string): void;
}

/** Deeper than any report, and far from what would hurt. */
const DEEPEST = 200;
/** Characters of one attribute, comment or declaration; text has no bound, as it comes in pieces. */
const LONGEST = 1 << 20;
const WRITTEN = 1 << 16;
const OPTIONS = { strictEntities: true, trim: false };
Object.assign(sax, { MAX_BUFFER_LENGTH: LONGEST });

/**
 * Reads a document as it arrives, strictly. Entities that it declares are not known: none is ever expanded.
 * @throws Error that says in one line what is wrong and where
 */
export async function readXml(source: AsyncIterable<Buffer>, reader: XmlReader): Promise<void> {
  const parser = sax.parser(true, OPTIONS);
  let depth = 0;
  Object.assign(parser, {
    onerror: (error: Error) => {
      throw error;
    },
    onopentag: ({ name, attributes }: sax.Tag) => {
      depth += 1;
      if (depth > DEEPEST) throw new Error(`elements are nested more than ${DEEPEST} deep`);
      reader.open(name, attributes);
    },
    onclosetag: (name: string) => {
      depth -= 1;
      reader.close(name);
    },
    ontext: (text: string) => reader.text(text),
    oncdata: (text: string) => reader.text(text),
  });
  let isEmpty = true;
  let decoder: TextDecoder | null = null;
  try {
    for await (const chunk of source) {
      decoder ??= new TextDecoder(encodingOf(chunk));
      isEmpty &&= chunk.length === 0;
      for (let at = 0; at < chunk.length; at += WRITTEN)
        parser.write(decoder.decode(chunk.subarray(at, at + WRITTEN), { stream: true }));
    }
    if (isEmpty) throw new Error('the file is empty');
    parser.write(decoder?.decode() ?? '').close();
  } catch (error) {
    // Several lines, the first of which says what; then where.
    throw new Error((error as Error).message.trim().replaceAll(/\s*\n\s*/g, ', '), { cause: error });
  }
}

/** By its mark, or as the declaration says; UTF-8 otherwise. */
function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const declared = /^<\?xml[^>]*\sencoding=["']([\w.-]+)["']/.exec(start.toString('latin1', 0, 200))?.[1];
  try {
    return declared === undefined || /^utf-?16/i.test(declared)
      ? 'utf-8'
      : new TextDecoder(declared).encoding;
  } catch {
    return 'utf-8';
  }
}
