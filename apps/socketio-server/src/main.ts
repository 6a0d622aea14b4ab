import { runProcess } from '@ws-arena/lifecycle/process';

await runProcess({
  target: 'socketio',
  isSocketIo: true,
  library: () => import('socket.io'),
  start: async (config) => (await import('./server.ts')).startServer(config),
});
