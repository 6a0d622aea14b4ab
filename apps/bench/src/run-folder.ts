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

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder of a new run and points `latest` beside it there.
   * @throws UsageError when it already holds a run.
   */
  static create(dir: string | undefined, now: Date, kind = ''): RunFolder {
    const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
    const folder = new RunFolder(resolve(dir ?? join(repoRoot, 'runs', kind ? `${stamp}-${kind}` : stamp)));
    if (existsSync(folder.runFile)) {
      throw new UsageError(
        `--out ${folder.path} already holds a run; name another folder, or go on with it by --resume`,
      );
    }
    mkdirSync(folder.path, { recursive: true });
    if (dir === undefined && !kind) folder.#pointLatest();
    return folder;
  }

  /** @throws UsageError when there is no run in `dir`. */
  static open(dir: string): RunFolder {
    const folder = new RunFolder(resolve(dir));
    if (!existsSync(folder.runFile))
      throw new UsageError(`${dir} holds no run.jsonl; name the folder of a run`);
    return folder;
  }

  get runFile(): string {
    return join(this.path, 'run.jsonl');
  }

  /** Appends one line; it is on disk when this returns, so that an interrupted run is a shorter run. */
  append(line: RunLine): void {
    appendFileSync(this.runFile, formatLine(line));
  }

  /** @throws RunFileError when the run cannot be read. */
  read(): Run {
    return parseRun(readFileSync(this.runFile, 'utf8'));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  #pointLatest(): void {
    const latest = join(dirname(this.path), 'latest');
    rmSync(latest, { force: true });
    symlinkSync(basename(this.path), latest);
  }
}
