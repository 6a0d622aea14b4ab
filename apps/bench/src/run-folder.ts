import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { formatLine, parseRun, type Run, type RunLine } from '@ws-arena/results/run-file';
import { UsageError } from './usage-error.ts';

/** The folder of a run: `run.jsonl`, appended line by line, and the reports made from it. */
export class RunFolder {
  readonly path: string;
  readonly #isLatest: boolean;
  #isMade: boolean;

  private constructor(path: string, isLatest: boolean, isMade: boolean) {
    this.path = path;
    this.#isLatest = isLatest;
    this.#isMade = isMade;
  }

  /**
   * The folder of a new run. What is written to it first makes it, and points `latest` beside it there, so that a run
   * that comes to nothing leaves nothing.
   * @throws UsageError when it already holds a run.
   */
  static create(dir: string | undefined, now: Date, kind = ''): RunFolder {
    const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
    const path = resolve(dir ?? join(repoRoot, 'runs', kind ? `${stamp}-${kind}` : stamp));
    const folder = new RunFolder(path, dir === undefined && !kind, false);
    if (existsSync(folder.runFile)) {
      throw new UsageError(
        `--out ${folder.path} already holds a run; name another folder, or go on with it by --resume`,
      );
    }
    return folder;
  }

  /** @throws UsageError when there is no run in `dir`. */
  static open(dir: string): RunFolder {
    const folder = new RunFolder(resolve(dir), false, true);
    if (!existsSync(folder.runFile))
      throw new UsageError(`${dir} holds no run.jsonl; name the folder of a run`);
    return folder;
  }

  get runFile(): string {
    return join(this.path, 'run.jsonl');
  }

  /** Appends one line; it is on disk when this returns, so that an interrupted run is a shorter run. */
  append(line: RunLine): void {
    this.#make();
    appendFileSync(this.runFile, formatLine(line));
  }

  /** @throws RunFileError when the run cannot be read. */
  read(): Run {
    return parseRun(readFileSync(this.runFile, 'utf8'));
  }

  write(name: string, text: string): void {
    this.#make();
    writeFileSync(join(this.path, name), text);
  }

  #make(): void {
    if (this.#isMade) return;
    this.#isMade = true;
    mkdirSync(this.path, { recursive: true });
    if (!this.#isLatest) return;
    const latest = join(dirname(this.path), 'latest');
    rmSync(latest, { force: true });
    symlinkSync(basename(this.path), latest);
  }
}
