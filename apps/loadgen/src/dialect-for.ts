import type { LoadSpec } from '@ws-arena/results/load-spec';
import type { DialectCodec } from './dialect.ts';
import { websocketDialect } from './websocket-dialect.ts';

/**
 * The codec of the dialect that `spec` asks for.
 * @throws Error for one that is not known.
 */
export function dialectFor(spec: LoadSpec): DialectCodec {
  if (spec.dialect === 'websocket') return websocketDialect;
  throw new Error(`dialect ${spec.dialect} is not known; known is websocket`);
}
