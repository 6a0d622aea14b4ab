import { fileURLToPath } from 'node:url';

/** The root folder of this project; entries of `targets` are relative to it. */
export const repoRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** The project's cache folder: built Go baselines, a fetched Nginx, certificates. Safe to delete. */
export const cacheDir = `${repoRoot}.cache`;
