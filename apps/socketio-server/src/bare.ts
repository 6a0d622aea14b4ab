import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bareConfig, bareReady } from '@ws-arena/lifecycle/bare-process';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { Server } from 'socket.io';

// The least that echoes on socket.io: what the contract costs is measured against this.
const { host, port, path } = bareConfig();
const http = createServer();
const io = new Server(http, { path, addTrailingSlash: false, serveClient: false });
io.on('connection', (socket) => {
  socket.on('message', (data) => socket.emit('message', data));
});
http.listen(port, host, () => {
  bareReady(
    'socketio-bare',
    (http.address() as AddressInfo).port,
    installedPackage('socket.io', import.meta.url),
  );
});
