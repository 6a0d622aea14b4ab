package main

import (
	"errors"
	"os"

	"github.com/coder/websocket"
)

const abnormal = 1006

// failed notes how the connection ended by the reader's last error. The library has answered and closed by then.
func (c *session) failed(err error) {
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		c.ending(int(websocket.StatusMessageTooBig))
	case websocket.CloseStatus(err) != -1:
		c.ending(int(websocket.CloseStatus(err)))
	default:
		c.ending(abnormal)
	}
}

func (c *session) writeFailed(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.cut("write_wait")
		return
	}
	c.Kill()
}

func (c *session) cut(reason string) {
	if c.ending(abnormal) {
		c.server.Metrics.Cut(reason)
	}
	c.Kill()
}

// Kill ends the connection at once; the reader learns of it and leaves.
func (c *session) Kill() { c.tcp.Abort() }

// ending notes how the connection ends; true for the first to say.
func (c *session) ending(code int) bool { return c.code.CompareAndSwap(0, int32(code)) }

// leave is the end of the reader, and so of the session.
func (c *session) leave() {
	_ = c.ws.CloseNow()
	c.end()
	if c.out != nil {
		c.out.Close()
	}
	if c.leaveRoom != nil {
		c.leaveRoom()
	}
	c.server.Leave(c, int(c.code.Load()))
}
