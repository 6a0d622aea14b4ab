import { NginxUnavailable } from '@ws-arena/infra/nginx-binary';
import { routes } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { benchConfig } from '../plan/bench-config.ts';
import { Arena } from './arena.ts';
import { pinning } from './pinning.ts';
import { usableRoutes, usableTargets } from './usable.ts';

const plain = async () => ({ path: 'nginx', version: '1.28.0', source: 'installed', env: {} }) as const;
const none = (what: string) => async () => {
  throw new NginxUnavailable(`${what} is not installed; install it`);
};

test.each([
  ['all there', { plain, withModules: plain }, routes, [], '1.28.0'],
  [
    'no modules',
    { plain, withModules: none('njs') },
    ['direct', 'nginx', 'nginx-tls', 'nginx-auth'],
    ['the routes nginx-njs, nginx-lua are left out: njs is not installed; install it'],
    '1.28.0; none: njs is not installed; install it',
  ],
  [
    'no Nginx',
    { plain: none('nginx'), withModules: none('njs') },
    ['direct'],
    [
      'the routes nginx, nginx-tls, nginx-auth are left out: nginx is not installed; install it',
      'the routes nginx-njs, nginx-lua are left out: njs is not installed; install it',
    ],
    'none: nginx is not installed; install it; none: njs is not installed; install it',
  ],
] as const)('routes with %s: those that cannot be measured are left out with a reason', async (...row) => {
  const [, finders, left, sentences, nginx] = row;
  const said: string[] = [];
  const config = benchConfig({ routes: routes.join(',') });
  const { signal: interrupted } = new AbortController();
  const usable = await usableRoutes({ config, interrupted }, (sentence) => said.push(sentence), finders);
  expect(usable).toEqual({ routes: left, nginx });
  expect(said).toEqual(sentences);
});

test('a target that does not know the tokens is left out of a run in which clients bring them', async () => {
  const config = benchConfig({ routes: 'nginx-lua', targets: 'mine=ws://127.0.0.1:9/x' });
  const arena = new Arena(config, pinning(false), new AbortController().signal);
  const said: string[] = [];
  const infos = await usableTargets(arena, (sentence) => said.push(sentence));
  expect(infos.map(({ available, failed }) => [available, failed])).toEqual([[false, undefined]]);
  expect(said).toEqual(['mine is left out: it does not know the tokens of this run']);
});
