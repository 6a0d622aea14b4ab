import { assertRows } from './assert-rows.ts';
import { loadRows } from './rows.ts';

// The rows of the contract that load a server: in a process of their own, whose work delays no other row's client.
await assertRows(loadRows, 3);
