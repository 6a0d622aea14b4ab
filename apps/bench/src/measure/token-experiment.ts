import { setTimeout } from 'node:timers/promises';
import type { Issuer } from '@ws-arena/auth/testing/issuer';
import type { RunningServer } from '@ws-arena/contract/running-server';
import { Peer } from '@ws-arena/contract/suite/peer';
import type { TokenLives } from '@ws-arena/results/trial';

/** A client speaks, and one with a revoked token knocks, this often; so exact are the times that it sees. */
const STEP_MS = 50;
const EXPIRES_IN_SEC = 3;
const REVOKED_TOKEN_SEC = 6;
const REVOKED_AFTER_MS = 1000;
/** How long a connection is waited for that outlives its token. */
const OUTLIVES_MS = 5000;
/** So many clients come back so often, each with a token of its own. */
const CLIENTS = 20;
const RETURNS = 6;
const RETURN_MS = 400;

const nowMs = () => performance.now();
/** A whole second as tokens have it, and the same by `performance.now`. */
const inSeconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
const onClock = (sec: number) => sec * 1000 - performance.timeOrigin;
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/**
 * Three kinds of clients at `server`, whoever checks their tokens there: one whose token expires, one whose token is
 * revoked, and, with `asks`, some that come back again and again while the issuer counts how often it is asked.
 * @throws Error when one with a good token is not let in.
 */
export async function tokenExperiment(
  server: RunningServer,
  issuer: Issuer,
  asks: boolean,
): Promise<TokenLives> {
  const [expired, revoked] = await Promise.all([expires(server, issuer), revokes(server, issuer)]);
  return { ...expired, ...revoked, ...(asks && { returns: await comesBack(server, issuer) }) };
}

async function expires(server: RunningServer, issuer: Issuer): Promise<Pick<TokenLives, 'expiredOpenMs'>> {
  const exp = inSeconds(EXPIRES_IN_SEC);
  const peer = await Peer.open(server, bearer(await issuer.token({ claims: { exp } })));
  const endMs = onClock(exp);
  return { expiredOpenMs: Math.max(0, (await lastHeard(peer, endMs)) - endMs) };
}

async function revokes(
  server: RunningServer,
  issuer: Issuer,
): Promise<Pick<TokenLives, 'revokedOpenMs' | 'revokedEntersMs' | 'revokedLeftMs'>> {
  const exp = inSeconds(REVOKED_TOKEN_SEC);
  const token = await issuer.token({ claims: { exp } });
  const endMs = onClock(exp);
  const peer = await Peer.open(server, bearer(token));
  await setTimeout(REVOKED_AFTER_MS);
  const revokedMs = nowMs();
  issuer.revoke(token);
  const [heardMs, enteredMs] = await Promise.all([
    lastHeard(peer, endMs),
    lastEntered(server, token, revokedMs, endMs),
  ]);
  return {
    revokedOpenMs: Math.max(0, heardMs - revokedMs),
    revokedEntersMs: enteredMs - revokedMs,
    revokedLeftMs: endMs - revokedMs,
  };
}

/** When the last message came back of a peer that speaks until its connection ends, or far outlives its token. */
async function lastHeard(peer: Peer, tokenEndMs: number): Promise<number> {
  while (!peer.raw.ended && nowMs() < tokenEndMs + OUTLIVES_MS) {
    peer.say('here');
    await setTimeout(STEP_MS);
  }
  peer.raw.destroy();
  return peer.messages.at(-1)?.atMs ?? 0;
}

/** When somebody last got in with a token: knocks until it is refused. */
async function lastEntered(
  server: RunningServer,
  token: string,
  fromMs: number,
  tokenEndMs: number,
): Promise<number> {
  let enteredMs = fromMs;
  while (nowMs() < tokenEndMs + OUTLIVES_MS) {
    const atMs = nowMs();
    if (!(await enters(server, token))) return enteredMs;
    enteredMs = atMs;
    await setTimeout(STEP_MS);
  }
  return enteredMs;
}

async function enters(server: RunningServer, token: string): Promise<boolean> {
  const peer = await Peer.knock(server, bearer(token));
  peer.raw.destroy();
  return peer.raw.head?.status === 101;
}

async function comesBack(server: RunningServer, issuer: Issuer): Promise<NonNullable<TokenLives['returns']>> {
  const before = issuer.asked.introspection;
  const tokens = await Promise.all(
    Array.from({ length: CLIENTS }, (_, i) => issuer.token({ claims: { sub: `client ${i}` } })),
  );
  await Promise.all(
    tokens.map(async (token, i) => {
      await setTimeout((i * RETURN_MS) / CLIENTS);
      for (let n = 0; n < RETURNS; n += 1) {
        if (!(await enters(server, token))) throw new Error('a client with a good token was not let in');
        await setTimeout(RETURN_MS);
      }
    }),
  );
  const asked = issuer.asked.introspection - before;
  return { clients: CLIENTS, eachMs: RETURN_MS, handshakes: CLIENTS * RETURNS, asked };
}
