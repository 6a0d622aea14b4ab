import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { projectCache, projectRoot } from '../project-cache.ts';

/** The PyPI package that ships the schemas of every Kubernetes version, so that it needs no network once installed. */
const PACKAGE = 'kubernetes-validate==1.37.0';

/** Checks a manifest strictly: a key that its schema does not have is an error. Undefined when it is valid. */
export type KubernetesValidator = (path: string) => string | undefined;

/** A registry that does not answer is one that is not there. */
const FETCH_TIMEOUT_MS = 120_000;

/** Undefined where it cannot be had; the reason is printed then. */
export const kubernetesValidator: KubernetesValidator | undefined = find();

function find(): KubernetesValidator | undefined {
  const folder = join(projectCache, 'kubernetes-validate-1.37.0');
  if (!existsSync(folder)) {
    const work = mkdtempSync(`${folder}-`);
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-input',
      '--only-binary=:all:',
      '--target',
      work,
      PACKAGE,
    ];
    const installed = spawnSync('python3', args, { encoding: 'utf8', timeout: FETCH_TIMEOUT_MS });
    if (installed.status !== 0) {
      const why = installed.error?.message ?? installed.stderr.trim().split('\n').at(-1);
      console.warn(
        `skipped: the Kubernetes manifests against their schema: ${PACKAGE} could not be had from PyPI (${why})`,
      );
      return undefined;
    }
    renameSync(work, folder);
  }
  return (path) => {
    const child = spawnSync('python3', ['-m', 'kubernetes_validate', '--strict', path], {
      cwd: projectRoot,
      env: { ...process.env, PYTHONPATH: folder },
      encoding: 'utf8',
    });
    return child.status === 0 ? undefined : `${child.stdout}${child.stderr}`;
  };
}
