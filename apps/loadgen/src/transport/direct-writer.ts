import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** A request of libuv that is under way, as Node's C++ knows it. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps the bytes alive. */
  buffer?: Uint8Array;
}

/** The part of Node's internal binding `stream_wrap` that its own `net.Socket` writes with. */
interface StreamWrap {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: ArrayLike<number>;
  readonly kLastWriteWasAsync: number;
}

interface StreamHandle {
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
}

const wrap = streamWrap();
/** One request serves for all writes that the kernel takes at once, where a stream makes one for each. */
let spare: WriteRequest | undefined = wrap && new wrap.WriteWrap();

/**
 * Writes to the handle of a connected socket, past its stream: that costs a tenth less for each message
 * (docs/loadgen-cost.md). The handle is private to Node, so where it is not as expected there is no direct writer.
 */
export class DirectWriter {
  readonly #wrap: StreamWrap;
  readonly #socket: Socket;
  readonly #handle: StreamHandle;
  readonly #drained: () => void;
  #queued = 0;

  private constructor(wrap: StreamWrap, socket: Socket, handle: StreamHandle, drained: () => void) {
    this.#wrap = wrap;
    this.#socket = socket;
    this.#handle = handle;
    this.#drained = drained;
  }

  /** The direct writer of `socket`, or undefined where only the stream can write. */
  static of(socket: Socket, drained: () => void): DirectWriter | undefined {
    const handle: unknown = Reflect.get(socket, '_handle');
    return wrap && isStreamHandle(handle) ? new DirectWriter(wrap, socket, handle, drained) : undefined;
  }

  /** As `Transport.write`. */
  write(bytes: Uint8Array): boolean {
    spare ??= new this.#wrap.WriteWrap();
    const request = spare;
    const status = this.#handle.writeBuffer(request, bytes);
    if (status !== 0) this.#fail(status);
    else if (this.#wrap.streamBaseState[this.#wrap.kLastWriteWasAsync] !== 0) {
      this.#queue(request, bytes);
      return false;
    }
    return true;
  }

  /** libuv has kept what the kernel did not take, and the request with it. */
  #queue(request: WriteRequest, bytes: Uint8Array): void {
    spare = undefined;
    this.#queued++;
    request.buffer = bytes;
    request.oncomplete = (status) => {
      this.#queued--;
      if (status !== 0) this.#fail(status);
      else if (this.#queued === 0) this.#drained();
    };
  }

  #fail(status: number): void {
    // A handle that is closed has no status at all, and its socket has said why.
    if (this.#socket.destroyed) return;
    const code = getSystemErrorName(status);
    this.#socket.destroy(Object.assign(new Error(`write ${code}`), { code }));
  }
}

function streamWrap(): StreamWrap | undefined {
  const binding: unknown = Reflect.get(process, 'binding');
  if (typeof binding !== 'function') return undefined;
  try {
    const found: unknown = binding.call(process, 'stream_wrap');
    return isStreamWrap(found) ? found : undefined;
  } catch {
    // Another runtime, or Node with its permission model on.
    return undefined;
  }
}

function isStreamWrap(value: unknown): value is StreamWrap {
  if (typeof value !== 'object' || value === null) return false;
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = value as Partial<StreamWrap>;
  const isState = ArrayBuffer.isView(streamBaseState) && typeof kLastWriteWasAsync === 'number';
  return typeof WriteWrap === 'function' && isState;
}

function isStreamHandle(value: unknown): value is StreamHandle {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'writeBuffer') === 'function'
  );
}
