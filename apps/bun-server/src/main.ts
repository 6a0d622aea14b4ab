import { runProcess } from '@ws-arena/lifecycle/process';

// Bun has no handler of its own, and the system's default would end the process.
process.on('SIGUSR1', () => {});

await runProcess({
  target: 'bun',
  // It is the runtime itself.
  library: async () => {},
  start: async (config) => (await import('./server.ts')).startServer(config),
});
