// Answers Nginx' auth_request: may the client that sent these headers open a WebSocket?
import { ConfigError } from '@ws-arena/config/config-error';
import { runProcess } from '@ws-arena/lifecycle/process';
import { tokenCheckOf } from './token-check-of.ts';

await runProcess({
  target: 'auth-service',
  library: () => import('jose'),
  start: async (config) => {
    if (config.authIssuer === '')
      throw new ConfigError('authIssuer is empty and must be set: there is no token that could be let in');
    if (config.redisUrl !== '')
      throw new ConfigError('redisUrl is set and must be empty: there are no rooms here');
    const { startAuthService } = await import('./server.ts');
    return startAuthService(config, tokenCheckOf(config, process.env));
  },
});
