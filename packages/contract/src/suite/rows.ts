import type { Row } from './row.ts';
import { deflateRows } from './rows/deflate.ts';
import { doorRows } from './rows/doors.ts';
import { drainRows } from './rows/drain.ts';
import { echoRows } from './rows/echo.ts';
import { endingRows } from './rows/endings.ts';
import { hostileRows } from './rows/hostile.ts';
import { httpRows } from './rows/http.ts';
import { httpTimeoutRows } from './rows/http-timeouts.ts';
import { limitRows } from './rows/limits.ts';
import { livenessRows } from './rows/liveness.ts';
import { queryRows } from './rows/queries.ts';
import { redisRows } from './rows/redis.ts';
import { roomRows } from './rows/rooms.ts';
import { tokenRows } from './rows/tokens.ts';
import { writeRows } from './rows/writes.ts';

/** The rows that keep the client itself busy; they go apart from those that watch a deadline. */
export const loadRows: readonly Row[] = [...writeRows, ...drainRows, ...hostileRows];

/** Every row of the contract, in the order of the table. */
export const rows: readonly Row[] = [
  ...livenessRows,
  ...writeRows,
  ...limitRows,
  ...deflateRows,
  ...doorRows,
  ...httpTimeoutRows,
  ...tokenRows,
  ...drainRows,
  ...echoRows,
  ...roomRows,
  ...redisRows,
  ...endingRows,
  ...queryRows,
  ...httpRows,
  ...hostileRows,
];
