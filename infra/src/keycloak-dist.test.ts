import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JavaProgramUnavailable } from './java-program.ts';
import { keycloakHome, keycloakVersion } from './keycloak-dist.ts';
import { infraText } from './testing/deployment-files.ts';

const javaSays = (version: string) => `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`;
const jdk = /^Keycloak needs a JDK 17 or later in the PATH \(for example `apt-get install .+`\), and /;

test.for([
  ['no JDK', {}, /and there is none$/, jdk],
  ['an old one', { java: javaSays('11.0.2') }, /and the one here is 11\.0\.2$/, jdk],
  [
    'no Maven',
    { java: javaSays('21.0.1') },
    /\(no mvn here\); it comes from Maven Central by `mvn`$/,
    /^Keycloak 26/,
  ],
  [
    'no network',
    { java: javaSays('17.0.1'), mvn: '#!/bin/sh\necho "[ERROR] Unknown host"; exit 1\n' },
    /\(\[ERROR\] Unknown host\)/,
    /^Keycloak 26/,
  ],
] as const)('%s is one sentence that says what to do', async ([, programs, end, start], t) => {
  const bin = await mkdtemp(join(tmpdir(), 'ws-arena-bin-'));
  const path = process.env.PATH;
  t.onTestFinished(async () => {
    process.env.PATH = path!;
    await rm(bin, { recursive: true });
  });
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  process.env.PATH = bin;
  const failed = keycloakHome(join(bin, 'cache'));
  await expect(failed).rejects.toThrow(JavaProgramUnavailable);
  await expect(failed).rejects.toThrow(end);
  await expect(failed).rejects.toThrow(start);
});

test('compose.yaml names the release that is fetched', () => {
  expect(infraText('compose.yaml')).toContain(`/keycloak:${keycloakVersion}}`);
});
