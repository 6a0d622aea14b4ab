import { repoRoot } from '@ws-arena/contract/repo-root';
import { LineProcess } from '../processes/line-process.ts';

/** A server of known misbehaviour, run as a process while `work` lasts. @param flags those of the stub's `main`. */
export async function withStub<T>(flags: readonly string[], work: (url: string) => Promise<T>): Promise<T> {
  const stub = new LineProcess([process.execPath, 'apps/loadgen/src/stub-main.ts', ...flags], repoRoot);
  try {
    const port = await new Promise<number>((resolve, reject) => {
      stub.onLine = (line) => {
        if (line.ready === true) resolve(Number(line.port));
      };
      void stub.exited.then((how) => reject(new Error(`the stub server ${how}`)));
    });
    return await work(`ws://127.0.0.1:${port}/`);
  } finally {
    stub.child.kill('SIGKILL');
    await stub.exited;
  }
}
