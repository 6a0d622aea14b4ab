package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"ws-arena/baselines/internal/server"
)

// frame is encoded and ready for the wire.
type frame struct {
	bytes []byte
	// size is the payload bytes of its message, uncompressed; control for a frame that is no message.
	size int
	// packed is the same message compressed, for the members of a topic that agreed on compression.
	packed []byte
}

const control = -1

// transport carries the frames of one connection: by a goroutine that may block, or by an event loop that may not.
type transport interface {
	// start takes over the upgraded connection. reader is the one of net/http.
	start(reader *bufio.Reader)
	// ponged is told of each pong.
	ponged()
	// answer sends what the peer's own frame caused, and does not keep frame.bytes. The peer is not read until there is
	// room again.
	answer(frame) error
	// deliver sends a message of the topic; full is true when there is no room for it.
	deliver(frame) (full bool)
	// settle stops reading a peer until it has accepted its own messages.
	settle()
	// finish sends a close frame behind everything accepted, and nothing after it.
	finish(close []byte)
	// abort ends the connection at once.
	abort()
}

// session is what a connection does, whichever transport it has.
type session struct {
	server.Ending
	server.Admission
	server    *server.Server
	topic     *server.Topic[frame]
	transport transport
	decoder   *decoder
	// compressor is nil where compression is off, deflate where this connection did not agree on it.
	compressor, deflate *deflater
	// packs is deflate != nil, for other goroutines.
	packs atomic.Bool

	// turn is held from accepting a message to answering it: the close frame waits for the answer.
	turn    sync.Mutex
	closing bool
}

// decodeFrom gives the session its decoder.
func (c *session) decodeFrom(source io.Reader) {
	c.decoder = newDecoder(source, &c.server.Config, c.deflate, c.control)
}

// step reads one frame and does what it asks for. After an error the peer has its close frame, and nothing more is read.
func (c *session) step() error {
	op, message, err := c.decoder.frame()
	if message != nil {
		defer buffers.Put(message)
		if err == nil {
			err = c.accept(op, message.Bytes())
		}
	}
	if err != nil {
		c.fail(err)
	}
	return err
}

func (c *session) accept(op ws.OpCode, payload []byte) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	if c.closing {
		return nil
	}
	if op == ws.OpText && c.server.Refresh(c, payload) {
		return nil
	}
	c.server.Metrics.Received(len(payload))
	if c.Room() {
		c.topic.Broadcast(op == ws.OpBinary, payload)
		c.transport.settle()
		return nil
	}
	out := borrow()
	if err := encode(out, c.deflate, op, payload); err != nil {
		return err
	}
	defer buffers.Put(out)
	return c.transport.answer(frame{bytes: out.Bytes(), size: len(payload)})
}

// newFrame encodes a message for the members of a topic, some of whom may have agreed on compression. The members share
// its bytes, so they are not from the pool.
func newFrame(binary bool, payload []byte, compressor *deflater) frame {
	op := ws.OpText
	if binary {
		op = ws.OpBinary
	}
	var plain, packed bytes.Buffer
	// Into a bytes.Buffer nothing fails.
	_ = encode(&plain, nil, op, payload)
	if compressor != nil {
		_ = encode(&packed, compressor, op, payload)
	}
	return frame{bytes: plain.Bytes(), size: len(payload), packed: packed.Bytes()}
}

// control answers a control frame by the library's handler.
func (c *session) control(hdr ws.Header, body io.Reader) error {
	if hdr.OpCode == ws.OpPong {
		c.transport.ponged()
	}
	var reply bytes.Buffer
	err := wsutil.ControlHandler{Src: body, Dst: &reply, State: ws.StateServerSide, DisableSrcCiphering: true}.Handle(hdr)
	switch {
	case reply.Len() == 0:
		return err
	case hdr.OpCode == ws.OpClose:
		c.finish(closeCode(err), reply.Bytes())
		return err
	}
	return errors.Join(err, c.transport.answer(frame{bytes: reply.Bytes(), size: control}))
}

// fail tells the peer what it did wrong, if it did anything wrong and has no close frame yet.
func (c *session) fail(err error) {
	code := closeCode(err)
	if code != server.Abnormal {
		c.finish(code, closeFrame(code))
	}
	c.Set(code)
}

// closeCode is the code of an end for that reason.
func closeCode(err error) int {
	var closed wsutil.ClosedError
	var corrupt flate.CorruptInputError
	var broken ws.ProtocolError
	switch {
	case errors.As(err, &closed):
		return int(closed.Code)
	case errors.Is(err, wsutil.ErrMessageTooLarge):
		return int(ws.StatusMessageTooBig)
	case errors.Is(err, wsutil.ErrInvalidUTF8), errors.As(err, &corrupt):
		return int(ws.StatusInvalidFramePayloadData)
	case errors.As(err, &broken), errors.Is(err, ws.ErrHeaderLengthMSB):
		return int(ws.StatusProtocolError)
	}
	return server.Abnormal
}

func closeFrame(code int) []byte {
	return ws.MustCompileFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(code), "")))
}

// finish sends the close frame, unless one was sent before.
func (c *session) finish(code int, close []byte) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if !c.closing {
		c.closing = true
		c.Set(code)
		c.transport.finish(close)
	}
}

// Finish sends everything accepted and then a close frame. It may have to wait for the turn, hence the goroutine.
func (c *session) Finish(code int) { go c.finish(code, closeFrame(code)) }

// Kill ends the connection at once.
func (c *session) Kill() { c.transport.abort() }

// Deliver sends a message of the topic. A member without room for it is cut off: nothing is dropped in silence.
func (c *session) Deliver(f frame) {
	if f.packed != nil && c.packs.Load() {
		f.bytes = f.packed
	}
	if full := c.transport.deliver(f); full {
		c.cut("buffer_full")
	}
}

// cut ends the connection at once, for a reason that the metrics know.
func (c *session) cut(reason string) {
	if c.Set(server.Abnormal) {
		c.server.Metrics.Cut(reason)
	}
	c.Kill()
}

// leave is the end of the session.
func (c *session) leave() {
	c.decoder.free()
	c.topic.Leave(c)
	c.server.Leave(c)
}
