import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import type { RouteParts } from '@ws-arena/results/trial';
import type { Way } from '../plan/tls-choice.ts';
import type { RouteProxy } from './route-proxy.ts';

const bySignature = ['token-from', 'signature-check', 'issuer-keys', 'verdict'].map(inAuth);
const byIntrospection = ['token-from', 'introspection-check', 'verdict'].map(inAuth);

/** What `way` is made of. The code is that which checks a token; what ends a connection with it is the same on each. */
export function partsOf(way: Way, { config, startMs }: RouteProxy): RouteParts {
  const lines = codeOf(way).map((file) => countLines(readFileSync(join(repoRoot, file), 'utf8')));
  return {
    startMs,
    modules: [...config.matchAll(/^load_module .*\/(\S+)\.so;$/gm)].map(([, name]) => name!),
    configLines: countLines(config),
    codeLines: lines.reduce((sum, count) => sum + count, 0),
  };
}

function codeOf({ route, params }: Way): readonly string[] {
  if (route === 'nginx-njs') return ['infra/nginx/token.js'];
  if (route === 'nginx-lua') return ['infra/nginx/token.lua'];
  if (route !== 'nginx-auth') return bySignature;
  const service = globSync('apps/auth-service/src/*.ts', { cwd: repoRoot }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  return [...service, ...(params.tokens === 'introspection' ? byIntrospection : bySignature)];
}

function inAuth(name: string): string {
  return `packages/auth/src/${name}.ts`;
}

/** Lines of a text without empty ones and comments, of Nginx, TypeScript, JavaScript and Lua. */
function countLines(text: string): number {
  return text.split('\n').filter((line) => !/^\s*(#|\/\/|\/\*|\*|--|$)/.test(line)).length;
}
