package main

import (
	"compress/flate"
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/tcp"
)

// failed ends the session after the reader's last error, in the way that the error asks for.
func (c *session) failed(err error) {
	var closed *websocket.CloseError
	switch {
	case isTimeout(err):
		c.Cut("pong_wait")
	case errors.As(err, &closed), tcp.Broken(err):
		// The peer has closed, and was answered, or it is gone.
	default:
		code := closeCode(err)
		// For a broken rule, and a message too large for the wire, the library has sent the close frame itself.
		c.close(code)
		c.Set(code)
		c.TCP.CloseGently()
	}
}

// closeCode is what to tell the peer that did wrong.
func closeCode(err error) int {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return websocket.CloseMessageTooBig
	case errors.Is(err, errInvalidUTF8), errors.As(err, &corrupt):
		return websocket.CloseInvalidFramePayloadData
	}
	return websocket.CloseProtocolError
}

// close sends a close frame behind what was accepted, unless one was sent before.
func (c *session) close(code int) {
	if c.Out != nil {
		c.Out.Flush()
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Time{}) == nil {
		c.Set(code)
	}
}

func (c *session) writeFailed(err error) {
	switch {
	case errors.Is(err, websocket.ErrCloseSent):
		// It is the peer's turn to close.
	case isTimeout(err):
		c.Cut("write_wait")
	default:
		c.Kill()
	}
}

// isTimeout looks at the kind, since the library hides os.ErrDeadlineExceeded behind an error of its own.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// Drain sends what was accepted and then 1001.
func (c *session) Drain() {
	if c.Out != nil {
		c.Out.Close()
	} else {
		go c.close(websocket.CloseGoingAway)
	}
}

// leave is the end of the reader, and so of the session.
func (c *session) leave() {
	c.stopPing()
	c.Withdraw()
	_ = c.ws.Close()
	c.Server.Leave(c)
}
