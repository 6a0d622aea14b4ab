import type { ServerConfig } from '@ws-arena/config/options';
import { pushPeriodMs } from '@ws-arena/server-interface/push-bounds';

/** Sends back what comes. */
export interface EchoWorkload {
  readonly kind: 'echo';
  readonly topic: '';
}

/** `?room=NAME`: what one member sends, every member gets, the sender too. */
export interface RoomWorkload {
  readonly kind: 'room';
  /** The topic that its members share. */
  readonly topic: string;
}

/** `?push=MS&bytes=N`: echo, and a notification of at least N bytes each MS milliseconds. */
export interface PushWorkload {
  readonly kind: 'push';
  /** The topic that all with the same period and size share. */
  readonly topic: string;
  readonly periodMs: number;
  readonly bytes: number;
}

/** The workload of a connection, from the query of its upgrade request. Only an echo has no topic. */
export type Workload = EchoWorkload | RoomWorkload | PushWorkload;

/** An upgrade that is not granted: the HTTP status and the sentence in its body. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly status: 400 | 401 | 403 | 404 | 503;
  readonly sentence: string;
}

/** A query that may name a workload; `%` may hide a letter of it. Others, such as Engine.IO's own, are not parsed. */
const mayAsk = /room|push|%/;

const echo: EchoWorkload = { kind: 'echo', topic: '' };
const refuse = (status: Refusal['status'], sentence: string): Refusal => ({
  kind: 'refusal',
  status,
  sentence,
});

/** Who may open a connection. */
export class Admission {
  /** False from SIGTERM on: `/healthz` and upgrades get 503. */
  isOpen = true;
  readonly #config: ServerConfig;
  readonly #open: { readonly connections: number };

  /** @param open how many connections are open. */
  constructor(config: ServerConfig, open: { readonly connections: number }) {
    this.#config = config;
    this.#open = open;
  }

  /**
   * Decides on an upgrade request: the path (404), a drain (503), the origin (403), the workload asked for (400), a free
   * place (503).
   * @param path the request's path without its query.
   * @param query the text after the `?`; empty or undefined without one, as the libraries have it.
   */
  admit(path: string, query: string | undefined, origin: string | undefined): Workload | Refusal {
    const { path: ours, originAllowList, maxConnections } = this.#config;
    if (path !== ours) return this.notFound(path);
    if (!this.isOpen) return refuse(503, 'the server is shutting down');
    if (originAllowList.length > 0 && !originAllowList.includes(origin ?? '')) {
      return refuse(403, `origin ${origin || '(none)'} is not allowed`);
    }
    const workload =
      query && mayAsk.test(query) ? workloadOf(this.#config, new URLSearchParams(query)) : echo;
    if (workload.kind === 'refusal') return workload;
    if (maxConnections > 0 && this.#open.connections >= maxConnections) {
      return refuse(503, `all ${maxConnections} connections are taken`);
    }
    return workload;
  }

  /** The refusal of a path that is not the configured one. */
  notFound(path: string): Refusal {
    return refuse(404, `nothing is served at ${path}; the path is ${this.#config.path}`);
  }
}

function workloadOf(config: ServerConfig, query: URLSearchParams): Workload | Refusal {
  const room = query.get('room');
  const push = query.get('push');
  if (room !== null && push !== null) return refuse(400, 'room and push exclude each other');
  if (room === '') return refuse(400, 'room is empty; wanted: a name');
  if (room !== null) return { kind: 'room', topic: `room/${room}` };
  if (push === null) return echo;
  const periodMs = wholeNumber(push);
  if (!(periodMs >= pushPeriodMs.min && periodMs <= pushPeriodMs.max)) {
    return refuse(
      400,
      `push is ${push}; wanted: a period of ${pushPeriodMs.min} to ${pushPeriodMs.max} milliseconds`,
    );
  }
  const asked = query.get('bytes');
  const bytes = wholeNumber(asked ?? '0');
  if (!(bytes <= config.readLimitBytes)) {
    return refuse(400, `bytes is ${asked}; wanted: a whole number up to ${config.readLimitBytes}`);
  }
  return { kind: 'push', topic: `push/${periodMs}/${bytes}`, periodMs, bytes };
}

function wholeNumber(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}
