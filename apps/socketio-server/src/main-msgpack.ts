import { runProcess } from '@ws-arena/lifecycle/process';
import parser from './msgpack-parser.ts';

await runProcess({
  target: 'socketio-msgpack',
  isSocketIo: true,
  library: () => import('socket.io'),
  start: async (config) => (await import('./server.ts')).startServer(config, parser),
});
