import type { PushWorkload } from './admission.ts';

interface Push {
  readonly timer: NodeJS.Timeout;
  members: number;
}

/** The timers of all pushes: one for each period and size, however many connections share it. */
export class PushClock {
  readonly #publish: (topic: string, notification: string) => void;
  readonly #pushes = new Map<string, Push>();

  /** @param publish sends a notification to all who joined `topic`, by the library's own fan-out. */
  constructor(publish: (topic: string, notification: string) => void) {
    this.#publish = publish;
  }

  /** Counts a connection in; the first one starts the timer. */
  join(workload: PushWorkload): void {
    const push = this.#pushes.get(workload.topic);
    if (push) push.members += 1;
    else this.#pushes.set(workload.topic, { timer: this.#start(workload), members: 1 });
  }

  /** Counts a connection out; the last one stops the timer. */
  leave(workload: PushWorkload): void {
    const push = this.#pushes.get(workload.topic);
    if (!push) return;
    push.members -= 1;
    if (push.members > 0) return;
    clearInterval(push.timer);
    this.#pushes.delete(workload.topic);
  }

  /** Stops all timers: a draining server pushes nothing more. */
  stop(): void {
    for (const push of this.#pushes.values()) clearInterval(push.timer);
  }

  #start(workload: PushWorkload): NodeJS.Timeout {
    let seq = 0;
    return setInterval(() => {
      this.#publish(workload.topic, notification(seq, Date.now(), workload.bytes));
      seq += 1;
    }, workload.periodMs);
  }
}

/** `{"seq":n,"sentAt":ms}`; one shorter than `bytes` gets a `pad`, which makes it at least that long. */
export function notification(seq: number, sentAtMs: number, bytes: number): string {
  const text = `{"seq":${seq},"sentAt":${sentAtMs}}`;
  if (text.length >= bytes) return text;
  const padding = Math.max(0, bytes - text.length - ',"pad":""'.length);
  return `${text.slice(0, -1)},"pad":"${'.'.repeat(padding)}"}`;
}
