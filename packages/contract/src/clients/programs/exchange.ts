/** What a client is asked to do on a connection of its own, see `client-task.ts`. */
export interface Task {
  readonly url: string;
  readonly kind: 'text' | 'binary';
  readonly base64: string;
}

/** The WebSocket of browsers, Node.js and Bun; those that can ping have `ping`. */
interface WebSocketApi extends WebSocket {
  ping?(payload: string): void;
}

/**
 * Sends one message by the WebSocket of the runtime, and pings where it can; then closes with 4001. Uses nothing from
 * outside, because it is run in a browser's page too.
 * @returns the words of a line of results.
 */
export function exchange({ url, kind, base64 }: Task): Promise<string> {
  const sent = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const message = kind === 'text' ? new TextDecoder().decode(sent) : sent;
  const socket: WebSocketApi = new WebSocket(url);
  let echo = 'none';
  let pong = socket.ping ? 'none' : 'n/a';
  const same = (data: unknown) => {
    if (typeof data === 'string') return data === message;
    const bytes = new Uint8Array(data as ArrayBuffer);
    return kind === 'binary' && bytes.length === sent.length && bytes.every((byte, i) => byte === sent[i]);
  };
  const closeWhenDone = () => {
    if (echo !== 'none' && pong !== 'none') socket.close(4001);
  };
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    socket.send(message);
    socket.ping?.('are you there');
  });
  socket.addEventListener('pong', () => {
    pong = 'pong';
    closeWhenDone();
  });
  socket.addEventListener('message', ({ data }) => {
    echo = same(data) ? 'same' : 'other';
    closeWhenDone();
  });
  return new Promise((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      resolve(
        [echo, pong, code, socket.extensions.includes('permessage-deflate') ? 'deflate' : 'plain'].join('\t'),
      );
    });
  });
}
