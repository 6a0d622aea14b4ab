import type { CompressOptions, us_listen_socket } from 'uWebSockets.js';

// The type declarations of uws-pack leave out what its module exports as values.
declare module 'uWebSockets.js' {
  export const DISABLED: CompressOptions;
  export const SHARED_COMPRESSOR: CompressOptions;
  export const SHARED_DECOMPRESSOR: CompressOptions;
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  interface TemplatedApp {
    listen(
      host: string,
      port: number,
      options: number,
      listening: (socket: us_listen_socket | false) => void,
    ): TemplatedApp;
  }
}
