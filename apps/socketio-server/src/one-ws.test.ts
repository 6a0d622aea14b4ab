import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

// pnpm-workspace.yaml overrides what they ask for: a second ws would be one without the patch.
test.each(['engine.io', 'socket.io-adapter'])('%s has the ws of this project, which is patched', (name) => {
  const here = createRequire(import.meta.url);
  const socketIo = createRequire(here.resolve('socket.io'));
  expect(createRequire(socketIo.resolve(name)).resolve('ws')).toBe(here.resolve('ws'));
});
