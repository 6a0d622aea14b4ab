import { runProcess } from '@ws-arena/lifecycle/process';

// uWS reads this when it is loaded: its own 4 KiB of headers, all together, are too few for a token with many claims.
// Node.js takes as much.
process.env.UWS_HTTP_MAX_HEADERS_SIZE ??= '16384';

await runProcess({
  target: 'uws',
  library: () => import('uWebSockets.js'),
  start: async (config) => (await import('./server.ts')).startServer(config),
});
