import type { Connection } from '../connection.ts';
import type { Control } from '../control.ts';
import type { Driver } from '../driver.ts';
import type { Session } from '../session.ts';
import { waitUntil } from '../wait.ts';
import type { Window } from '../window.ts';

/** Messages that came in the window, and the bytes of their payloads. */
export class ReceiveDriver implements Driver {
  received = 0;
  payloadBytes = 0;
  measuring = false;

  message(_connection: Connection, _data: Buffer, payloadAt: number, end: number): void {
    if (!this.measuring) return;
    this.received++;
    if (payloadAt >= 0) this.payloadBytes += end - payloadAt;
  }

  batch(): void {}
}

/** Only receives what the server pushes, over the schedule. */
export async function runReceive(session: Session, control: Control, window: Window): Promise<ReceiveDriver> {
  const driver = new ReceiveDriver();
  session.driver = driver;
  const schedule = await control.connected(session.open.size);
  await waitUntil(schedule.fromNs, control.stop);
  driver.measuring = true;
  window.begin();
  control.measuring();
  await waitUntil(schedule.toNs, control.stop);
  driver.measuring = false;
  window.end();
  control.measured();
  return driver;
}
