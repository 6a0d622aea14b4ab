import { App, us_socket_local_port } from 'uWebSockets.js';
import { bareConfig, bareReady } from '@ws-arena/lifecycle/bare-process';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';

// The least that echoes on uWebSockets.js: what the contract costs is measured against this.
const { host, port, path } = bareConfig();
App()
  .ws(path, {
    message: (ws, message, isBinary) => {
      ws.send(message, isBinary);
    },
  })
  .listen(host, port, (socket) => {
    if (!socket) throw new Error(`cannot listen on ${host}:${port}`);
    bareReady('uws-bare', us_socket_local_port(socket), installedPackage('uWebSockets.js', import.meta.url));
  });
