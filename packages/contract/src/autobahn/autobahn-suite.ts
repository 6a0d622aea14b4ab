import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pipInstall } from '../pip-install.ts';
import { cacheDir } from '../repo-root.ts';

const run = promisify(execFile);

/** The release whose outcomes are recorded. */
export const AUTOBAHN_VERSION = '25.10.1';

/** A folder of packages is put on Python's path with its .pth files, which PYTHONPATH does not read. */
const ADD_SITE = 'import sys, site; site.addsitedir(sys.argv.pop(1))';
const PROBE = `${ADD_SITE}
from pkg_resources import get_distribution
print(get_distribution("autobahntestsuite").version)`;
const RUN = `${ADD_SITE}; from autobahntestsuite.wstest import run; run()`;

/** The Autobahn test suite cannot be run here; the message is one sentence that says why. */
export class AutobahnUnavailable extends Error {
  override readonly name = 'AutobahnUnavailable';
}

/** The Autobahn test suite in a Python 2.7 that has it. */
export interface AutobahnSuite {
  readonly python: string;
  readonly version: string;
  /** The words after `python` that run `wstest` with `args`. */
  readonly wstest: (...args: readonly string[]) => string[];
}

/** The names under which a Python 2.7 is in the PATH, and where pyenv keeps those that are not. */
function pythons(): string[] {
  const kept = globSync(join(homedir(), '.pyenv/versions/{2.7,pypy2.7}*/bin/python2.7'));
  return ['python2.7', 'pypy2.7', 'python2', 'pypy', ...kept];
}

/**
 * The suite in `python`, or in the first Python 2.7 that is found. One that lacks it gets it from PyPI, into the
 * project's cache, when `install` is true.
 * @throws AutobahnUnavailable when there is none.
 */
export async function autobahnSuite(python?: string, install = true): Promise<AutobahnSuite> {
  const candidates = python === undefined ? pythons() : [python];
  for (const one of candidates) {
    const suite = await suiteIn(one);
    if (suite) return suite;
  }
  const able = await firstPython2(candidates);
  if (able === undefined) {
    throw new AutobahnUnavailable(
      `the Autobahn test suite needs Python 2.7, and there is none at ${candidates.join(', ')}`,
    );
  }
  if (!install) {
    throw new AutobahnUnavailable(
      `${able} does not have it: \`pnpm bench conformance --autobahn\` installs it into the project's cache`,
    );
  }
  await pipInstall(able, `autobahntestsuite==${AUTOBAHN_VERSION}`, siteDir).catch((cause: Error) => {
    throw new AutobahnUnavailable(
      `autobahntestsuite ${AUTOBAHN_VERSION} could not be had from PyPI for ${able} (${cause.message})`,
      { cause },
    );
  });
  const suite = await suiteIn(able);
  if (suite) return suite;
  throw new AutobahnUnavailable(`the Autobahn test suite was installed for ${able} and does not run there`);
}

const siteDir = join(cacheDir, `autobahn-${AUTOBAHN_VERSION}`);

async function suiteIn(python: string): Promise<AutobahnSuite | undefined> {
  try {
    const { stdout } = await run(python, ['-c', PROBE, siteDir]);
    return { python, version: stdout.trim(), wstest: (...args) => ['-c', RUN, siteDir, ...args] };
  } catch {
    return undefined;
  }
}

async function firstPython2(candidates: readonly string[]): Promise<string | undefined> {
  for (const python of candidates) {
    const asked = run(python, ['-c', 'import sys; print(sys.version_info[0])']);
    const version = await asked.catch(() => undefined);
    if (version?.stdout.trim() === '2') return python;
  }
  return undefined;
}
