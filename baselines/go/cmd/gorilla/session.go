package main

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// message waits to be written: data of a kind, or prepared once for a whole room.
type message struct {
	kind     int
	data     []byte
	prepared *websocket.PreparedMessage
}

// session is one connection: read and write each run in one goroutine, and only write writes data.
type session struct {
	server    *server.Server
	ws        *websocket.Conn
	tcp       *tcp.Conn
	out       *outbox.Outbox[message]
	room      *server.Room[message]
	leaveRoom func()

	// closing is the code to send after all that waits; 0 while there is none.
	closing atomic.Int32
	// code is how the connection ended, for the metrics; the first to say wins.
	code atomic.Int32
	// written is closed when the writer has ended, ended when the session has.
	written, ended chan struct{}
	// alive is the read deadline, of the reading goroutine only.
	alive time.Time
}

var errTooBig = errors.New("inflated past the read limit")

func (c *session) read() {
	defer c.leave()
	c.ws.SetReadLimit(int64(c.server.Config.ReadLimitBytes))
	c.live(c.server.Config.PongWait())
	c.ws.SetPongHandler(func(string) error { c.live(c.server.Config.PongWait()); return nil })
	c.ws.SetPingHandler(func(data string) error {
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), c.writeDeadline())
		return nil
	})
	// The reply goes out behind the echoes that wait, not past them.
	c.ws.SetCloseHandler(func(code int, _ string) error { c.finish(code); return nil })
	for {
		m, err := c.next()
		if err != nil {
			c.failed(err)
			return
		}
		if c.closing.Load() != 0 {
			continue
		}
		if c.room != nil {
			c.server.Metrics.Received(len(m.data))
			c.broadcast(m)
			// A sender that does not take its own messages is not read.
			c.stoodStill(c.out.Await(c.server.Config.ReadLimitBytes))
			continue
		}
		ok, waited := c.out.Put(m, len(m.data))
		if ok {
			c.server.Metrics.Received(len(m.data))
		}
		c.stoodStill(waited)
	}
}

// stoodStill gives the peer the time back in which the reader could not see its pongs.
func (c *session) stoodStill(waited time.Duration) {
	if waited > 0 {
		c.alive = c.alive.Add(waited)
		_ = c.ws.SetReadDeadline(c.alive)
	}
}

// next reads a whole message. The library's limit counts bytes on the wire; this one counts them inflated, too.
func (c *session) next() (message, error) {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return message{}, err
	}
	limit := c.server.Config.ReadLimitBytes
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(data) > limit {
		_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseMessageTooBig, ""), c.writeDeadline())
		err = errTooBig
	}
	return message{kind: kind, data: data}, err
}

func (c *session) write() {
	defer close(c.written)
	defer c.out.Close()
	ticker := time.NewTicker(c.server.Config.PingPeriod())
	defer ticker.Stop()
	var batch []message
	for {
		select {
		case <-c.out.Wake:
			var closed bool
			for batch, closed = c.out.Take(batch); len(batch) > 0; batch, closed = c.out.Take(batch) {
				if !c.writeAll(batch) {
					return
				}
			}
			if closed {
				c.sayGoodbye()
				return
			}
		case <-ticker.C:
			if err := c.ws.WriteControl(websocket.PingMessage, nil, c.writeDeadline()); err != nil {
				c.writeFailed(err)
				return
			}
		}
	}
}

func (c *session) writeAll(batch []message) bool {
	for _, m := range batch {
		_ = c.ws.SetWriteDeadline(c.writeDeadline())
		var err error
		c.ws.EnableWriteCompression(len(m.data) >= c.server.Config.DeflateThresholdBytes)
		if m.prepared != nil {
			err = c.ws.WritePreparedMessage(m.prepared)
		} else {
			err = c.ws.WriteMessage(m.kind, m.data)
		}
		if err != nil {
			c.writeFailed(err)
			return false
		}
		c.server.Metrics.Sent(len(m.data))
	}
	return true
}

func (c *session) writeDeadline() time.Time { return time.Now().Add(c.server.Config.WriteWait()) }

func (c *session) live(wait time.Duration) {
	c.alive = time.Now().Add(wait)
	_ = c.ws.SetReadDeadline(c.alive)
}

// Deliver takes a message of the room; a member whose queue is full is cut off, since nothing may be dropped.
func (c *session) Deliver(m message) { c.offer(m) }

// Drain sends what waits and then 1001.
func (c *session) Drain() { c.finish(websocket.CloseGoingAway) }

// Kill ends the connection at once.
func (c *session) Kill() { c.tcp.Abort() }
