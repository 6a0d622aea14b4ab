import { runProcess } from '@ws-arena/lifecycle/process';

await runProcess({
  target: 'ws',
  library: () => import('ws'),
  start: async (config) => (await import('./server.ts')).startServer(config),
});
