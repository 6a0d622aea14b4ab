package main

import (
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

// frame is encoded and ready for the wire; size is its message's, uncompressed, or control.
// packed is the same message compressed, for the members of a topic that agreed on it; nil without a topic.
type frame struct {
	bytes  []byte
	size   int
	packed []byte
}

// control is the size of a frame that is no message.
const control = -1

// transport carries the frames of one connection: a goroutine that may block, or an event loop that may not.
type transport interface {
	// answer sends what the peer's own message caused; it does not keep frame.bytes. The peer is not read until there
	// is room again.
	answer(frame) error
	// deliver sends what the peer did not cause; full is true when there was no room for it.
	deliver(frame) (full bool)
	// settle holds back the reading of a peer that does not take its own messages.
	settle()
	// finish sends a close frame after all that was accepted, and ends the sending.
	finish(close []byte)
	// abort ends the connection at once.
	abort()
}

// session is what a connection does, whichever transport it has.
type session struct {
	server.Ending
	server *server.Server
	// deflate is nil when this connection did not agree on compression, compressor when none can.
	deflate    *deflater
	compressor *deflater
	// packs is deflate != nil, for other goroutines.
	packs     atomic.Bool
	decoder   *decoder
	transport transport
	workload  server.Workload
	topic     *server.Topic[frame]
	// pong is told of each pong.
	pong func()

	// turn is held from the acceptance of a message to its answer, so that a drain comes between two.
	turn    sync.Mutex
	closing bool
}

// step reads one frame and does what it asks for. After an error there is nothing more to read; ending was told.
func (c *session) step() error {
	op, message, err := c.decoder.frame()
	if message != nil {
		defer buffers.Put(message)
		if err == nil {
			err = c.accept(op, message.Bytes())
		}
	}
	if err != nil {
		c.failed(err)
	}
	return err
}

func (c *session) accept(op ws.OpCode, payload []byte) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	if c.closing {
		return nil
	}
	c.server.Metrics.Received(len(payload))
	if c.workload.Room() {
		return c.broadcast(op, payload)
	}
	out := borrow()
	if err := encode(out, c.deflate, op, payload); err != nil {
		return err
	}
	defer buffers.Put(out)
	return c.transport.answer(frame{bytes: out.Bytes(), size: len(payload)})
}

// broadcast frames once for all members.
func (c *session) broadcast(op ws.OpCode, payload []byte) error {
	f, err := newFrame(op, payload, c.compressor)
	if err == nil {
		c.topic.Broadcast(f)
		c.transport.settle()
	}
	return err
}

// newFrame is a message for the members of a topic, some of whom may have agreed on compression. Its bytes are theirs
// from then on, and not the pool's.
func newFrame(op ws.OpCode, payload []byte, compressor *deflater) (frame, error) {
	var plain, packed bytes.Buffer
	err := encode(&plain, nil, op, payload)
	if err == nil && compressor != nil {
		err = encode(&packed, compressor, op, payload)
	}
	return frame{bytes: plain.Bytes(), size: len(payload), packed: packed.Bytes()}, err
}

// control answers a control frame by the library's handler.
func (c *session) control(hdr ws.Header, body io.Reader) error {
	if hdr.OpCode == ws.OpPong {
		c.pong()
	}
	var reply bytes.Buffer
	err := wsutil.ControlHandler{Src: body, Dst: &reply, State: ws.StateServerSide, DisableSrcCiphering: true}.Handle(hdr)
	if reply.Len() == 0 {
		return err
	}
	if hdr.OpCode == ws.OpClose {
		c.finish(reply.Bytes())
		return err
	}
	return errors.Join(err, c.transport.answer(frame{bytes: reply.Bytes(), size: control}))
}

// failed tells the peer what it did wrong, if it did, and notes how the connection ended.
func (c *session) failed(err error) {
	var closed wsutil.ClosedError
	var corrupt flate.CorruptInputError
	code := server.Abnormal
	switch {
	case errors.As(err, &closed):
		code = int(closed.Code)
	case errors.Is(err, wsutil.ErrMessageTooLarge), errors.Is(err, wsutil.ErrFrameTooLarge):
		code = int(ws.StatusMessageTooBig)
	case errors.Is(err, wsutil.ErrInvalidUTF8), errors.As(err, &corrupt):
		code = int(ws.StatusInvalidFramePayloadData)
	case isProtocolError(err):
		code = int(ws.StatusProtocolError)
	}
	c.Set(code)
	if code != server.Abnormal && closed.Code == 0 {
		c.finish(closeFrame(ws.StatusCode(code)))
	}
}

func isProtocolError(err error) bool {
	var broken ws.ProtocolError
	return errors.As(err, &broken) || errors.Is(err, ws.ErrHeaderLengthMSB)
}

func closeFrame(code ws.StatusCode) []byte {
	return ws.MustCompileFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(code, "")))
}

func (c *session) finish(close []byte) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if !c.closing {
		c.closing = true
		c.transport.finish(close)
	}
}

// Drain sends what was accepted and then 1001. Only the turn may make it wait, hence the goroutine.
func (c *session) Drain() { go c.finish(closeFrame(ws.StatusGoingAway)) }

// Kill ends the connection at once.
func (c *session) Kill() { c.transport.abort() }

// Deliver takes a frame of the topic; a member without room for it is cut off, since nothing may be dropped.
func (c *session) Deliver(f frame) {
	if f.packed != nil && c.packs.Load() {
		f.bytes = f.packed
	}
	if full := c.transport.deliver(f); full {
		c.cut("buffer_full")
	}
}

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
