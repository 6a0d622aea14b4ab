import type { AddressInfo } from 'node:net';
import { bareConfig, bareReady } from '@ws-arena/lifecycle/bare-process';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { WebSocketServer } from 'ws';

// The least that echoes on ws: what the contract costs is measured against this.
const { host, port, path } = bareConfig();
const wss = new WebSocketServer({ host, port, path });
wss.on('connection', (ws) => {
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
});
wss.on('listening', () => {
  bareReady('ws-bare', (wss.address() as AddressInfo).port, installedPackage('ws', import.meta.url));
});
