import { once } from 'node:events';
import { connect } from 'node:net';

/** Asks for it and reads it to its end, keeping nothing. @throws Error unless the status is 200 */
export async function download(url: string, request: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(request);
  let head = Buffer.alloc(0);
  let left: number | null = null;
  socket.on('data', (part: Buffer) => {
    let bytes = part.length;
    if (left === null) {
      head = Buffer.concat([head, part]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const text = head.toString('latin1', 0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
      if (!text.startsWith('HTTP/1.1 200') || !length) return void socket.destroy(new Error(text));
      left = Number(length);
      bytes = head.length - end - 4;
    }
    left -= bytes;
    if (left <= 0) socket.destroy();
  });
  await once(socket, 'close');
  if (left !== 0) throw new Error(`the reply was not what it was to be: ${left} bytes are missing`);
}
