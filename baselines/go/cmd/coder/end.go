package main

import (
	"compress/flate"
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// failed ends the session after a read error.
func (c *session) failed(err error) {
	switch code := websocket.CloseStatus(err); {
	case code != -1:
		// The peer sent a close frame, and the library has answered.
		c.Set(int(code))
	case tcp.Broken(err), errors.Is(err, context.DeadlineExceeded):
		c.Set(server.Abnormal)
	default:
		code = closeCode(err)
		// The library waits for the peer's close frame, but not longer than this.
		_ = c.TCP.SetReadDeadline(time.Now().Add(tcp.GentleWait))
		c.close(code)
	}
}

// closeCode is the code for a peer that broke a rule.
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

// close sends a close frame behind everything accepted, unless the library itself has, and waits for the peer's.
func (c *session) close(code websocket.StatusCode) {
	if c.Out != nil {
		c.Out.Flush()
	}
	c.echoing.Lock()
	defer c.echoing.Unlock()
	c.Set(int(code))
	c.TCP.BeGentle()
	_ = c.ws.Close(code, "")
}

func (c *session) writeFailed(err error) {
	switch {
	case errors.Is(err, net.ErrClosed):
		// The peer is about to close.
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.Cut("write_wait")
	default:
		c.Kill()
	}
}

// Finish sends everything accepted and then a close frame.
func (c *session) Finish(code int) {
	if c.Out != nil {
		c.Out.Close()
	}
	go c.close(websocket.StatusCode(code))
}

// leave is the end of the session.
func (c *session) leave() {
	c.stopPing()
	c.Withdraw()
	_ = c.ws.CloseNow()
	c.Server.Leave(c)
}
