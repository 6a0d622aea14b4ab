import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { formatLine, parseRun, type Run, type RunLine } from '@ws-arena/results/run-file';
import { UsageError } from '../plan/usage-error.ts';

/** The folder of a run cannot be written: disk full, no right to. The message is one sentence. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** The folder of a run: `run.jsonl`, appended line by line, and the reports made from it. */
export class RunFolder {
  #path: string;
  /** A folder that was chosen here, and not named by the user: made under the first free name, with `latest` beside it. */
  readonly #chosen: { readonly isLatest: boolean } | undefined;
  #isMade: boolean;

  private constructor(path: string, chosen: { readonly isLatest: boolean } | undefined, isMade: boolean) {
    this.#path = path;
    this.#chosen = chosen;
    this.#isMade = isMade;
  }

  /**
   * The folder of a new run. What is written to it first makes it, and points `latest` beside it there, so that a run
   * that comes to nothing leaves nothing.
   * @throws UsageError when it already holds a run; FolderError when it could not be written.
   */
  static create(dir: string | undefined, now: Date, kind = ''): RunFolder {
    const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
    const path = resolve(dir ?? join(repoRoot, 'runs', kind ? `${stamp}-${kind}` : stamp));
    const folder = new RunFolder(path, dir === undefined ? { isLatest: !kind } : undefined, false);
    if (dir !== undefined && existsSync(folder.runFile)) {
      throw new UsageError(
        `--out ${folder.path} already holds a run; name another folder, or go on with it by --resume`,
      );
    }
    // The dot: what exists must be a folder.
    writing(folder.path, () => accessSync(`${firstThatExists(folder.path)}/.`, constants.W_OK));
    return folder;
  }

  /**
   * The folder of an earlier run.
   * @throws UsageError when there is no run in `dir`.
   */
  static open(dir: string): RunFolder {
    const folder = new RunFolder(resolve(dir), undefined, true);
    if (!existsSync(folder.runFile))
      throw new UsageError(`${dir} holds no run.jsonl; name the folder of a run`);
    return folder;
  }

  get path(): string {
    return this.#path;
  }

  get runFile(): string {
    return join(this.#path, 'run.jsonl');
  }

  /** Takes away a last line that was cut short: what is appended next would be glued to it, and both lost. */
  mend(): void {
    const bytes = readFileSync(this.runFile);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) writing(this.#path, () => truncateSync(this.runFile, end));
  }

  /** Appends one line; it is on disk when this returns, so that an interrupted run is a shorter run. @throws FolderError */
  append(line: RunLine): void {
    this.#make();
    writing(this.#path, () => appendFileSync(this.runFile, formatLine(line)));
  }

  /** @throws RunFileError when the run cannot be read. */
  read(): Run {
    return parseRun(readFileSync(this.runFile, 'utf8'));
  }

  /** @throws FolderError */
  write(name: string, text: string): void {
    this.#make();
    writing(this.#path, () => writeFileSync(join(this.#path, name), text));
  }

  #make(): void {
    if (this.#isMade) return;
    this.#isMade = true;
    writing(this.#path, () => {
      if (!this.#chosen) {
        mkdirSync(this.#path, { recursive: true });
        return;
      }
      this.#path = makeUnused(this.#path);
      if (this.#chosen.isLatest) pointLatestTo(this.#path);
    });
  }
}

/** Makes `path`, or `path-2`, `path-3` …: two runs may begin in one second. */
function makeUnused(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? path : `${path}-${count}`;
    try {
      mkdirSync(name);
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function pointLatestTo(path: string): void {
  const latest = join(dirname(path), 'latest');
  rmSync(latest, { force: true });
  symlinkSync(basename(path), latest);
}

function firstThatExists(path: string): string {
  return existsSync(path) ? path : firstThatExists(dirname(path));
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOSPC: 'the disk is full',
      EDQUOT: 'the disk quota is used up',
      EACCES: 'this user may not write there',
      EROFS: 'it is on a read-only file system',
      ENOTDIR: 'a part of the path is no folder',
    };
    throw new FolderError(`cannot write to ${path}: ${reasons[code ?? ''] ?? message}`, { cause });
  }
}
