import { get } from 'node:http';

/**
 * What Nginx says of its client side. A WebSocket is counted in `writing` from its 101 on, and a connection to an
 * upstream is counted nowhere.
 */
export interface StubStatus {
  readonly active: number;
  /** Since the master started, over reloads. */
  readonly accepts: number;
  readonly handled: number;
  readonly requests: number;
  readonly reading: number;
  readonly writing: number;
  readonly waiting: number;
}

const pattern =
  /^Active connections:\s*(\d+)[\s\S]*?\n\s*(\d+)\s+(\d+)\s+(\d+)\s*\n\s*Reading:\s*(\d+)\s+Writing:\s*(\d+)\s+Waiting:\s*(\d+)/;

/**
 * Reads the text of the status page. The request that fetched it is itself one active connection, being written;
 * it is taken out here, so that `active` and `writing` are the clients' alone.
 * @throws Error when the text is something else.
 */
export function parseStubStatus(text: string): StubStatus {
  const numbers = pattern.exec(text)?.slice(1).map(Number);
  if (!numbers) throw new Error(`this is no stub_status page: ${JSON.stringify(text.slice(0, 200))}`);
  const [active, accepts, handled, requests, reading, writing, waiting] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { active: active - 1, accepts, handled, requests, reading, writing: writing - 1, waiting };
}

/**
 * Fetches the status page on a connection of its own.
 * @throws Error when nothing answers there within `timeoutMs`.
 */
export function fetchStubStatus(url: string, timeoutMs = 5000): Promise<StubStatus> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(parseStubStatus(text));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}
