// `pnpm infra render` writes the files that are rendered from packages/config; `check` says which differ; `keycloak`
// serves the realm of infra/keycloak.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { committedConfigs, documentsWithConfig, withConfig } from './committed-files.ts';
import { keycloakCommand, UsageError } from './keycloak-command.ts';
import { projectRoot } from './project-cache.ts';

const commands: Readonly<Record<string, (args: string[]) => void | Promise<void>>> = {
  render: (args) => settle('render', args),
  check: (args) => settle('check', args),
  keycloak: keycloakCommand,
};

function settle(command: 'render' | 'check', args: readonly string[]): void {
  if (args.length > 0) throw new UsageError(`usage: pnpm infra ${command}; got ${args.join(' ')}`);
  for (const [path, text] of Object.entries(rendered())) {
    const same = read(path) === text;
    if (command === 'render' && !same) writeFileSync(join(projectRoot, path), text);
    if (command === 'check' && !same) process.exitCode = 1;
    console.log(`${same ? 'unchanged' : command === 'render' ? 'written' : 'differs'}  ${path}`);
  }
}

function rendered(): Record<string, string> {
  const files = committedConfigs();
  for (const path of documentsWithConfig) {
    files[path] = withConfig(readFileSync(join(projectRoot, path), 'utf8'));
  }
  return files;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(projectRoot, path), 'utf8');
  } catch {
    return undefined;
  }
}

const [name = '', ...rest] = process.argv.slice(2);
try {
  const command = commands[name];
  if (!command)
    throw new UsageError(`usage: pnpm infra ${Object.keys(commands).join('|')}; got ${name || 'nothing'}`);
  await command(rest);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
