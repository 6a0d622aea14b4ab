// `pnpm infra render` writes the files that are rendered from packages/config; `check` says which differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { committedConfigs, documentsWithConfig, withConfig } from './committed-files.ts';
import { projectRoot } from './project-cache.ts';

const commands = ['render', 'check'];
const [command, ...rest] = process.argv.slice(2);

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

if (!command || !commands.includes(command) || rest.length > 0) {
  console.error(`usage: pnpm infra ${commands.join('|')}; got ${[command, ...rest].join(' ') || 'nothing'}`);
  process.exitCode = 2;
} else {
  try {
    for (const [path, text] of Object.entries(rendered())) {
      const same = read(path) === text;
      if (command === 'render' && !same) writeFileSync(join(projectRoot, path), text);
      if (command === 'check' && !same) process.exitCode = 1;
      console.log(`${same ? 'unchanged' : command === 'render' ? 'written' : 'differs'}  ${path}`);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
