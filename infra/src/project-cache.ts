import { fileURLToPath } from 'node:url';

/** The root folder of this project. */
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** The project's cache folder: a fetched Nginx, certificates. Safe to delete. */
export const projectCache = fileURLToPath(new URL('../../.cache', import.meta.url));
