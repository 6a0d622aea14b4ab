package main

import (
	"errors"
	"net"

	"github.com/gorilla/websocket"
)

// broadcast prepares a message once, so that it is framed and compressed once for all members.
func (c *session) broadcast(m message) {
	prepared, err := websocket.NewPreparedMessage(m.kind, m.data)
	if err != nil {
		c.Kill()
		return
	}
	m.prepared = prepared
	c.room.Broadcast(m)
}

// offer queues a message that has no sender to hold back: without room the receiver is cut off.
func (c *session) offer(m message) bool {
	ok, full := c.out.Offer(m, len(m.data))
	if full {
		c.cut("buffer_full")
	}
	return ok
}

// finish has the writer send what was accepted, then a close frame with code.
func (c *session) finish(code int) {
	c.closing.CompareAndSwap(0, int32(code))
	c.out.Close()
}

func (c *session) sayGoodbye() {
	code := int(c.closing.Load())
	if code == 0 {
		return
	}
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), c.writeDeadline())
}

// failed ends the session after the reader's last error, in the way that the error asks for.
func (c *session) failed(err error) {
	var closed *websocket.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure:
		c.ending(closed.Code)
		c.out.Close()
		<-c.written
	case isTimeout(err):
		c.cut("pong_wait")
	case errors.Is(err, websocket.ErrReadLimit), errors.Is(err, errTooBig):
		c.ending(websocket.CloseMessageTooBig)
		c.tcp.CloseGently()
	case errors.As(err, &closed):
		c.ending(websocket.CloseAbnormalClosure)
	default:
		// A broken rule, to which the library has answered with 1002, or a broken connection, where this costs nothing.
		c.ending(websocket.CloseAbnormalClosure)
		c.tcp.CloseGently()
	}
}

func (c *session) writeFailed(err error) {
	if isTimeout(err) {
		c.cut("write_wait")
		return
	}
	c.Kill()
}

// isTimeout looks at the kind, since the library hides os.ErrDeadlineExceeded behind an error of its own.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func (c *session) cut(reason string) {
	if c.ending(websocket.CloseAbnormalClosure) {
		c.server.Metrics.Cut(reason)
	}
	c.Kill()
}

// ending notes how the connection ends; true for the first to say.
func (c *session) ending(code int) bool { return c.code.CompareAndSwap(0, int32(code)) }

// leave is the end of the reader, and so of the session.
func (c *session) leave() {
	c.out.Close()
	_ = c.ws.Close()
	close(c.ended)
	if c.leaveRoom != nil {
		c.leaveRoom()
	}
	c.ending(websocket.CloseAbnormalClosure)
	c.server.Leave(c, int(c.code.Load()))
}
