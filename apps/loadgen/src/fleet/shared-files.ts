import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { readyMadeNames } from '../scenario/load-scenario.ts';

/** SHA-256 in hexadecimal, by file name. */
export type FileHashes = Readonly<Record<string, string>>;

/**
 * `spec` with its files by name alone, and their hashes. Files do not travel: each agent has its own, and uses one only
 * when it is the same.
 * @throws Error in one sentence for a file that cannot be read, and for two of one name.
 */
export function withFileNames(spec: LoadSpec): { readonly spec: LoadSpec; readonly files: FileHashes } {
  const files: Record<string, string> = {};
  const named = mapFiles(spec, (path) => {
    const name = basename(path);
    const hash = hashOf(path);
    if ((files[name] ?? hash) !== hash)
      throw new Error(`two different files are named ${name}; agents know files by their names`);
    files[name] = hash;
    return name;
  });
  return { spec: named, files };
}

/**
 * `spec` with the files of `folder`.
 * @throws Error in one sentence without its subject when one is not there, or is another one.
 */
export function withOwnFiles(spec: LoadSpec, files: FileHashes, folder: string): LoadSpec {
  return mapFiles(spec, (name) => {
    const wanted = Object.hasOwn(files, name) ? files[name] : undefined;
    if (wanted === undefined || basename(name) !== name || name === '..')
      throw new Error(`it was asked for ${JSON.stringify(name)}, which is no name of a file`);
    const path = join(folder, name);
    let found: string;
    try {
      found = hashOf(path);
    } catch (cause) {
      throw new Error(`it has no file ${name} in ${folder}`, { cause });
    }
    if (found !== wanted)
      throw new Error(
        `it has another ${name} in ${folder}: SHA-256 ${found.slice(0, 12)}…; wanted: ${wanted.slice(0, 12)}…`,
      );
    return path;
  });
}

function mapFiles(spec: LoadSpec, map: (path: string) => string): LoadSpec {
  const { scenario, payload, tls } = spec;
  const isFile = scenario !== undefined && !readyMadeNames.includes(scenario.name);
  return {
    ...spec,
    ...(isFile && { scenario: { ...scenario, name: map(scenario.name) } }),
    payload: payload.path === undefined ? payload : { ...payload, path: map(payload.path) },
    tls: tls.ca === undefined ? tls : { ...tls, ca: map(tls.ca) },
  };
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
