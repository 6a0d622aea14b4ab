import { runProcess } from '@ws-arena/lifecycle/process';

await runProcess({
  target: 'socketio',
  library: () => import('socket.io'),
  start: async (config) => (await import('./server.ts')).startServer(config),
});
