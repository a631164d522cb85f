import type { IncomingHttpHeaders } from 'node:http';
import { finished, type Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { badParameters } from '../errors.ts';
import { blocksOf } from './blocks.ts';

/** After a refusal the client may send on for so long, so that it reads the refusal and not a broken pipe. */
const DRAIN_MS = 30_000;
const LIMITS = { files: 1, fields: 20, fieldSize: 1024, parts: 25 };

type Form = InstanceType<typeof Busboy>;

/**
 * Hands the part `file` of a form with boundaries to `take`, in blocks as it arrives, under the base name the
 * client gives it. Whatever is left of the body when `take` has ended is read and thrown away.
 * @throws 400 when there is no such part, or the form breaks off; what `take` throws
 */
export async function takeFilePart<T>(
  body: Readable,
  headers: IncomingHttpHeaders,
  take: (file: AsyncIterable<Uint8Array>, filename: string) => Promise<T>,
): Promise<T> {
  const form = openForm(headers);
  try {
    if (!form) throw badParameters(['file is missing']);
    return await new Promise<T>((resolve, reject) => {
      let file: Readable | undefined;
      const breakOff = () => {
        file?.destroy(badParameters(['file is invalid']));
        if (!file) reject(badParameters(['file is invalid']));
      };
      form.on('file', (name: string, part: Readable, filename: string | undefined) => {
        // Who reads the part hears of it; but without any listener it would end the process.
        part.on('error', () => {});
        if (name !== 'file') return void part.resume();
        file = part;
        take(blocksOf(part), baseName(filename)).then(resolve, reject);
      });
      form.on('finish', () => {
        if (!file) reject(badParameters(['file is missing']));
      });
      form.on('error', breakOff);
      finished(body, { writable: false }, (error) => {
        if (error) breakOff();
      });
      body.pipe(form);
    });
  } finally {
    if (form) body.unpipe(form);
    if (!body.readableEnded) {
      body.resume();
      const tooLong = setTimeout(() => body.destroy(), DRAIN_MS).unref();
      body.once('close', () => clearTimeout(tooLong));
    }
  }
}

function openForm(headers: IncomingHttpHeaders): Form | null {
  const type = headers['content-type'];
  if (type === undefined) return null;
  try {
    return new Busboy({ headers: { ...headers, 'content-type': type }, limits: LIMITS });
  } catch {
    return null;
  }
}

/** Only ever shown, but short, without folders, and without the character that not every database takes. */
function baseName(filename: string | undefined): string {
  const name = (filename ?? '').replaceAll('\0', '').split(/[/\\]/).at(-1) ?? '';
  return name.slice(0, 255) || 'default';
}
