import { runProcess } from '@ws-arena/lifecycle/process';

await runProcess({
  target: 'socketio-uws',
  library: () => import('uWebSockets.js'),
  start: async (config) => (await import('./server-uws.ts')).startServer(config),
});
