import { runProcess } from '@ws-arena/lifecycle/process';

await runProcess({
  target: 'uws',
  library: () => import('uWebSockets.js'),
  start: async (config) => (await import('./server.ts')).startServer(config),
});
