import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { DialectCodec } from './dialect.ts';
import { socketIoDialect } from './socketio-dialect.ts';
import { websocketDialect } from './websocket-dialect.ts';

/** The codec of the dialect that `spec` asks for. */
export function dialectFor(spec: LoadSpec): DialectCodec {
  return spec.dialect === 'websocket' ? websocketDialect : socketIoDialect(spec);
}
