import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FETCH_TIMEOUT_MS, type JavaProgram, javaProgram, unpacked } from './java-program.ts';

const run = promisify(execFile);

/** The release that is fetched; compose.yaml names the same. */
export const keycloakVersion = '26.7.3';

/** What is built into the distribution once, so that each start is shorter: a database in memory, and no cluster. */
const BUILD = ['build', '--db=dev-mem', '--cache=local'];

const keycloak: JavaProgram = {
  name: 'Keycloak',
  version: keycloakVersion,
  fetch: async (work) => {
    const folder = await unpacked(work, `org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`);
    await run('bash', [join(folder, 'bin/kc.sh'), ...BUILD], { timeout: FETCH_TIMEOUT_MS });
    return folder;
  },
};

/**
 * The folder of a Keycloak that is ready to start.
 * @param root the cache.
 * @throws JavaProgramUnavailable without a JDK, without Maven, or without the network.
 */
export const keycloakHome = (root?: string): Promise<string> => javaProgram(keycloak, root);
