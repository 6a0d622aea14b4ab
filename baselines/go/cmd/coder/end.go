package main

import (
	"compress/flate"
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/tcp"
)

// failed ends the session after the reader's last error, in the way that the error asks for.
func (c *session) failed(err error) {
	switch code := websocket.CloseStatus(err); {
	case code != -1:
		// The peer has closed, and the library has answered.
		c.Set(int(code))
	case tcp.Broken(err), errors.Is(err, context.DeadlineExceeded):
	default:
		code = closeCode(err)
		c.Set(int(code))
		// What the peer still sends is read for so long, and no longer, to find its close frame.
		_ = c.TCP.SetReadDeadline(time.Now().Add(tcp.GentleWait))
		c.close(code)
	}
}

// closeCode is what to tell the peer that did wrong.
func closeCode(err error) websocket.StatusCode {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return websocket.StatusMessageTooBig
	case errors.Is(err, errInvalidUTF8), errors.As(err, &corrupt):
		return websocket.StatusInvalidFramePayloadData
	}
	return websocket.StatusProtocolError
}

// close sends a close frame, unless the library has, and waits for the peer's.
func (c *session) close(code websocket.StatusCode) {
	c.Set(int(code))
	c.TCP.BeGentle()
	_ = c.ws.Close(code, "")
}

func (c *session) writeFailed(err error) {
	switch {
	case errors.Is(err, net.ErrClosed):
		// The close frame is under way: it is the peer's turn to close.
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.Cut("write_wait")
	default:
		c.Kill()
	}
}

// Drain sends what was accepted and then 1001.
func (c *session) Drain() {
	if c.Out != nil {
		c.Out.Close()
		return
	}
	go func() {
		c.echoing.Lock()
		defer c.echoing.Unlock()
		c.close(websocket.StatusGoingAway)
	}()
}

// leave is the end of the reader, and so of the session.
func (c *session) leave() {
	c.stopPing()
	c.Withdraw()
	_ = c.ws.CloseNow()
	c.Server.Leave(c)
}
