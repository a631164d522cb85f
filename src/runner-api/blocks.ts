import { finished, type Readable } from 'node:stream';

/** Filled before it is given on. */
const BLOCK_BYTES = 1 << 19;
/** More than a connection gives at a time, so that what fills a block fits into it. */
const ROOM_BYTES = 1 << 16;

/**
 * The bytes of an upload in blocks of half a mebibyte. Two buffers take turns: a block is good until the next is asked
 * for, and that one is filled meanwhile. When it is full too, the upload has to wait.
 *
 * Pieces are copied as they come. One that is all there is of its memory is empty from then on: that memory is given
 * back at once. A collector would find it when there are tens of megabytes of such, and the process would keep them. So are the
 * two buffers given back at the end.
 */
export async function* blocksOf(upload: Readable): AsyncGenerator<Buffer, void, void> {
  let filling: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES + ROOM_BYTES);
  let lent: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES + ROOM_BYTES);
  let used = 0;
  let news = Promise.withResolvers<void>();
  const state: { ended: boolean; error: Error | null } = { ended: false, error: null };
  const take = (piece: Buffer) => {
    if (used + piece.length > filling.length) filling = larger(filling, used + piece.length);
    filling.set(piece, used);
    used += piece.length;
    if (piece.length === piece.buffer.byteLength) giveBack(piece);
    if (used < BLOCK_BYTES) return;
    upload.pause();
    news.resolve();
  };
  upload.on('data', take);
  finished(upload, { writable: false }, (error) => {
    state.ended = true;
    state.error = error ?? null;
    news.resolve();
  });
  try {
    while (!state.ended || used > 0) {
      if (used < BLOCK_BYTES && !state.ended) await news.promise;
      news = Promise.withResolvers<void>();
      if (state.error) throw state.error;
      const block = filling.subarray(0, used);
      [filling, lent] = [lent, filling];
      used = 0;
      upload.resume();
      if (block.length > 0) yield block;
    }
    if (state.error) throw state.error;
  } finally {
    upload.off('data', take);
    if (!state.ended) upload.destroy();
    giveBack(filling);
    giveBack(lent);
  }
}

function larger(buffer: Buffer, size: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(size);
  grown.set(buffer);
  return grown;
}

/** To hand memory over to nobody is how JavaScript frees it. */
function giveBack({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
