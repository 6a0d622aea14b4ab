import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** Name and version of the package that `specifier` really is, as installed for the module at `from`. */
export function installedPackage(specifier: string, from: string): { name: string; version: string } {
  const path = findPackageJSON(specifier, from);
  if (!path) throw new Error(`${specifier} has no package.json above it`);
  const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
  return { name, version };
}
