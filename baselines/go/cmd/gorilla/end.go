package main

import (
	"compress/flate"
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// failed ends the session after a read error.
func (c *session) failed(err error) {
	var closed *websocket.CloseError
	switch {
	case isTimeout(err):
		c.Cut("pong_wait")
	case errors.As(err, &closed), tcp.Broken(err):
		// A peer that sent a close frame has its answer, and the code is set.
		c.Set(server.Abnormal)
	default:
		code := closeCode(err)
		// The library itself has sent the close frame of most errors.
		c.close(code)
		c.Set(code)
		c.TCP.CloseGently()
	}
}

// closeCode is the code for a peer that broke a rule.
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

// close sends a close frame behind everything accepted, unless one was sent before.
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
		// The peer is about to close.
	case isTimeout(err):
		c.Cut("write_wait")
	default:
		c.Kill()
	}
}

// isTimeout asks the error itself: the library hides os.ErrDeadlineExceeded behind an error of its own.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// Finish sends everything accepted and then a close frame.
func (c *session) Finish(code int) {
	if c.Out != nil {
		c.Out.Close()
	}
	go c.close(code)
}

// leave is the end of the session.
func (c *session) leave() {
	c.stopPing()
	c.Withdraw()
	_ = c.ws.Close()
	c.Server.Leave(c)
}
