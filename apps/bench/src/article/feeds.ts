import { seededRandom } from '@ws-arena/report/statistics/random';

/** Kinds of text that services push. */
export const messageFeeds = ['chat', 'ticks', 'logs', 'notifications'] as const;
/** The same, and the state that a client gets when it comes: some 20 KiB each. */
export const feedNames = [...messageFeeds, 'snapshots'] as const;
export type FeedName = (typeof feedNames)[number];

/** `count` messages, each of its own, that are the same for the same seed. */
export function feed(name: FeedName, count: number, seed = 1): string[] {
  const draw = new Draw(seed);
  return Array.from({ length: count }, (_, i) => makers[name](draw, i));
}

const words =
  'the a to and of is in it you that was for on are with as I his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under name very through just form much great think say help low line before turn cause same mean differ move right boy old too does tell sentence set three want air well also play small end put home read hand port large spell add even land here must big high such follow act why ask men change went light kind off need house picture try us again animal point mother world near build self earth father'.split(
    ' ',
  );
const people = 'anna boris chen dilnoza emeka fatima goran hana ivan jun kofi lena'.split(' ');
const symbols = ['AAPL', 'MSFT', 'NVDA', 'AMZN', 'BTC-USD', 'ETH-USD', 'EUR-USD', 'BRN', 'XAU', 'GAZP'];
const cities = ['Berlin', 'Kazan', 'Lagos', 'Lima', 'Osaka', 'Porto', 'Pune', 'Turin'];
const services = ['gateway', 'auth', 'billing', 'search', 'mailer', 'images'];
const levels = ['INFO', 'INFO', 'INFO', 'INFO', 'DEBUG', 'WARN', 'ERROR'];
const paths = ['/api/v1/users', '/api/v1/orders', '/api/v2/search', '/healthz', '/login', '/api/v1/carts'];
const causes = ['order.shipped', 'comment.created', 'invoice.due', 'follower.added', 'build.failed'];
const START_MS = Date.UTC(2026, 10, 24, 9);

/** Draws by a seed. */
class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.below(16).toString(16)).join('');
  }

  id(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.hex(digits)).join('-');
  }

  /** Common words come more often, as in a language. */
  sentence(most: number): string {
    const count = 3 + this.below(most - 3);
    return Array.from({ length: count }, () => words[Math.floor(this.#random() ** 2 * words.length)]!).join(
      ' ',
    );
  }

  at(i: number): string {
    return new Date(START_MS + i * 700 + this.below(700)).toISOString();
  }
}

const makers: Readonly<Record<FeedName, (draw: Draw, i: number) => string>> = {
  chat: (draw, i) =>
    JSON.stringify({
      type: 'message',
      id: draw.id(),
      room: `room-${draw.below(20)}`,
      author: { name: draw.of(people), avatar: `https://cdn.example.com/avatars/${draw.hex(16)}.png` },
      text: draw.sentence(40),
      sentAt: draw.at(i),
    }),
  ticks: (draw, i) =>
    JSON.stringify({
      channel: 'ticker',
      sequence: 1_000_000 + i,
      at: draw.at(i),
      ticks: Array.from({ length: 3 + draw.below(8) }, () => ({
        symbol: draw.of(symbols),
        bid: (draw.below(10_000_000) / 100).toFixed(2),
        ask: (draw.below(10_000_000) / 100).toFixed(2),
        volume: draw.below(100_000),
      })),
    }),
  logs: (draw, i) =>
    Array.from({ length: 5 }, (_, line) => {
      const service = draw.of(services);
      return `${draw.at(i * 5 + line)} ${draw.of(levels)} ${service}-${draw.hex(5)} [req ${draw.hex(16)}] ${draw.of(['GET', 'GET', 'POST'])} ${draw.of(paths)}/${draw.below(100_000)} ${draw.of([200, 200, 200, 304, 404, 500])} ${draw.below(900)}ms ip=10.${draw.below(256)}.${draw.below(256)}.${draw.below(256)} ua="Mozilla/5.0 (X11; Linux x64)"`;
    }).join('\n'),
  snapshots: (draw, i) =>
    JSON.stringify({
      type: 'snapshot',
      at: draw.at(i),
      orders: Array.from({ length: 120 }, (_, row) => ({
        id: 40_000 + i * 120 + row,
        status: draw.of(['new', 'paid', 'packed', 'shipped', 'delivered']),
        customer: { name: draw.of(people), city: draw.of(cities) },
        total: draw.below(50_000) / 100,
        currency: 'EUR',
        updatedAt: draw.at(i + row),
      })),
    }),
  notifications: (draw, i) =>
    JSON.stringify({
      id: draw.id(),
      type: draw.of(causes),
      createdAt: draw.at(i),
      read: false,
      recipient: { id: draw.below(1_000_000), name: draw.of(people), locale: 'en-US' },
      title: draw.sentence(8),
      body: draw.sentence(30),
      actions: [
        { label: 'Open', url: `https://app.example.com/n/${draw.hex(12)}` },
        { label: 'Dismiss', url: `https://app.example.com/n/${draw.hex(12)}/dismiss` },
      ],
    }),
};
