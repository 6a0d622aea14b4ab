import { runProcess } from '@ws-arena/lifecycle/process';
import parser from 'socket.io-msgpack-parser';

await runProcess({
  target: 'socketio-msgpack',
  isSocketIo: true,
  library: () => import('socket.io'),
  start: async (config) => (await import('./server.ts')).startServer(config, parser),
});
