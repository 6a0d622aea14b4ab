import { credentials, Issuer } from '@ws-arena/auth/testing/issuer';
import { startAuthService } from '@ws-arena/contract/auth-service';
import type { RunningServer } from '@ws-arena/contract/running-server';
import { nginxWithModules } from '@ws-arena/infra/nginx-modules';
import type { Checker } from '@ws-arena/infra/running-proxy';
import { defaultSpec } from '@ws-arena/load/load-spec';
import type { TestBed } from '../../processes/test-bed.ts';
import {
  claim,
  doesNotHold,
  holds,
  holdsIf,
  type Judgement,
  shownAbove,
  shownBelow,
  undecided,
} from '../claim.ts';
import { type Lane, type LaneFigures, openLoop, takeTurns } from '../lanes.ts';

const others = ['auth_request', 'njs', 'lua'] as const;
/** `unchecked` admits every client: what the others cost above it is the check. */
type Variant = 'unchecked' | 'plain' | (typeof others)[number];
const HANDSHAKES_PER_SEC = 100;
const MESSAGES_PER_SEC = 3000;
const HOUR_SEC = 3600;

type Measured = Record<'handshakes' | 'messages', Record<Variant, LaneFigures>>;

/** The four variants of the article, each doing one job: a good token is let in. */
const measured = (bed: TestBed): Promise<Measured> =>
  bed.shared.once('variants', async () => {
    await nginxWithModules();
    const issuer = await Issuer.start();
    bed.onEnd(() => issuer.goAway());
    const exp = Math.floor(Date.now() / 1000) + HOUR_SEC;
    const handshake = { ...defaultSpec.handshake, token: await issuer.token({ claims: { exp } }) };
    const lanes = await lanesOf(bed, issuer);
    const turns = { session: { handshake, connections: 50 }, sliceMs: 200 };
    const messages = await takeTurns(bed, lanes, { ...turns, load: openLoop(MESSAGES_PER_SEC) });
    const load = { kind: 'connect', ratePerSec: HANDSHAKES_PER_SEC, concurrency: 0 } as const;
    const session = { handshake, connections: 0 };
    return { messages, handshakes: await takeTurns(bed, lanes, { ...turns, session, load }) };
  });

async function lanesOf(bed: TestBed, issuer: Issuer): Promise<Lane<Variant>[]> {
  const checking = issuer.settings();
  const trusting = await bed.server('ws', { authByProxy: true });
  const service = await startAuthService(issuer.config(), credentials, bed.cpus);
  bed.onEnd(() => service.kill());
  const lane = async (
    name: Variant,
    server: RunningServer,
    tokenChecker?: Checker,
  ): Promise<Lane<Variant>> => ({
    name,
    server,
    proxy: await bed.proxy([server], { settings: checking, ...(tokenChecker && { tokenChecker }) }),
    helpers: name === 'auth_request' ? [service.pid] : [],
  });
  return [
    await lane('unchecked', await bed.server('ws')),
    // The plain proxy passes the token on, and the server checks it.
    await lane('plain', await bed.server('ws', checking)),
    await lane('auth_request', trusting, { kind: 'auth-service', address: `127.0.0.1:${service.port}` }),
    await lane('njs', trusting, { kind: 'njs' }),
    await lane('lua', trusting, { kind: 'lua' }),
  ];
}

const JOB = `Four Nginx before ws, each of which lets a good token in: the plain proxy (the server checks it), auth_request with an auth service, njs, and Lua; ${HANDSHAKES_PER_SEC} handshakes/s and ${MESSAGES_PER_SEC.toLocaleString('en-US')} messages/s, slices in turns. The issuer is a small stand-in for Keycloak.`;

export const plainOverhead = claim({
  id: 'plain-overhead',
  part: 'Nginx: which variant',
  says: 'A plain reverse proxy has the least overhead: no virtual machine of Lua or njs has to be started.',
  experiment: `CPU of Nginx, server and auth service together. ${JOB}`,
  measure: async (bed) => {
    const { handshakes, messages } = await measured(bed);
    const to = (of: Record<Variant, LaneFigures>, other: Variant) => of[other].costRatio(of.plain);
    return {
      'CPU per handshake, plain': handshakes.plain.cost(),
      'CPU per handshake, auth_request ÷ plain': to(handshakes, 'auth_request'),
      'CPU per handshake, njs ÷ plain': to(handshakes, 'njs'),
      'CPU per handshake, lua ÷ plain': to(handshakes, 'lua'),
      'CPU per handshake, nobody checks ÷ plain': to(handshakes, 'unchecked'),
      'CPU per message, plain': messages.plain.cost(),
      'CPU per message, auth_request ÷ plain': to(messages, 'auth_request'),
      'CPU per message, njs ÷ plain': to(messages, 'njs'),
      'CPU per message, lua ÷ plain': to(messages, 'lua'),
    };
  },
  judge: (figures) =>
    least(
      others.map((name) => [name, figures[`CPU per handshake, ${name} ÷ plain`]] as const),
      others.map((name) => [name, figures[`CPU per message, ${name} ÷ plain`]] as const),
      'costs',
    ),
});

export const plainLatency = claim({
  id: 'plain-latency',
  part: 'Nginx: which variant',
  says: 'A plain reverse proxy has the most predictable latency: native modules are faster than interpreted code.',
  experiment: `The 90th percentile of the twenty handshakes of a slice, and the 99th of its messages. ${JOB}`,
  measure: async (bed) => {
    const { handshakes, messages } = await measured(bed);
    const to = (of: Record<Variant, LaneFigures>, other: Variant, quantile: number) =>
      of[other].latencyRatio(of.plain, quantile);
    return {
      'p90 of a handshake, plain': handshakes.plain.latency(0.9),
      'p90 of a handshake, auth_request ÷ plain': to(handshakes, 'auth_request', 0.9),
      'p90 of a handshake, njs ÷ plain': to(handshakes, 'njs', 0.9),
      'p90 of a handshake, lua ÷ plain': to(handshakes, 'lua', 0.9),
      'p99 of a message, plain': messages.plain.latency(0.99),
      'p99 of a message, auth_request ÷ plain': to(messages, 'auth_request', 0.99),
      'p99 of a message, njs ÷ plain': to(messages, 'njs', 0.99),
      'p99 of a message, lua ÷ plain': to(messages, 'lua', 0.99),
    };
  },
  judge: (figures) =>
    least(
      others.map((name) => [name, figures[`p90 of a handshake, ${name} ÷ plain`]] as const),
      others.map((name) => [name, figures[`p99 of a message, ${name} ÷ plain`]] as const),
      'takes',
    ),
});

type Ratios = readonly (readonly [name: string, figure: Parameters<typeof shownAbove>[0]])[];

/** Whether the plain proxy was shown to be the least in handshakes, and no other to be less in messages. */
function least(handshakes: Ratios, messages: Ratios, verb: string): Judgement {
  const below = (of: Ratios) => of.filter(([, figure]) => shownBelow(figure, 0.95)).map(([name]) => name);
  const cheaper = [
    ...below(handshakes).map((name) => `a handshake by ${name}`),
    ...below(messages).map((name) => `a message by ${name}`),
  ];
  if (cheaper.length > 0)
    return doesNotHold(`With tokens to be checked, another ${verb} less: ${cheaper.join(', ')}.`);
  const message = 'After the handshake all four copy bytes, and none was shown to be better.';
  const costlier = handshakes.filter(([, figure]) => shownAbove(figure, 1.05)).map(([name]) => name);
  if (costlier.length === handshakes.length)
    return holds(`A handshake ${verb} more with every other variant. ${message}`);
  return costlier.length > 0
    ? holdsIf(
        `The other is ${costlier.join(' or ')}: for the rest a twentieth more was not shown. ${message}`,
      )
    : undecided(`No difference of a twentieth was shown in a handshake. ${message}`);
}
