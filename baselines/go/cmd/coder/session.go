package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

type message struct {
	kind websocket.MessageType
	data []byte
}

// session is one connection. An echo is read and written in one goroutine, so nothing queues; a room or a push has an
// outbox and a writer.
type session struct {
	server    *server.Server
	ws        *websocket.Conn
	tcp       *tcp.Conn
	out       *outbox.Outbox[message]
	room      *server.Room[message]
	leaveRoom func()
	// context ends with the session.
	context context.Context
	end     context.CancelFunc

	// awaited is how long the reader stood still for want of room in the outbox.
	awaited atomic.Int64

	// alive is until when the peer may be without a pong, in Unix nanoseconds, save for what it stood still since.
	alive atomic.Int64

	// echo is held from the reading of a message to its writing, so that a drain comes between two echoes.
	echo     sync.Mutex
	draining bool
	// code is how the connection ended, for the metrics; the first to say wins.
	code atomic.Int32
}

func (c *session) read() {
	defer c.leave()
	for {
		kind, data, err := c.ws.Read(context.Background())
		if err != nil {
			c.failed(err)
			return
		}
		if c.room != nil {
			c.server.Metrics.Received(len(data))
			c.room.Broadcast(message{kind, data})
			// A sender that does not take its own messages is not read.
			c.awaited.Add(int64(c.out.Await(c.server.Config.ReadLimitBytes)))
		} else if err := c.answer(message{kind, data}); err != nil {
			c.writeFailed(err)
		}
	}
}

// answer echoes m, or lets it pass once the close frame is under way.
func (c *session) answer(m message) error {
	c.echo.Lock()
	defer c.echo.Unlock()
	if c.draining {
		return nil
	}
	c.server.Metrics.Received(len(m.data))
	return c.send(m)
}

// send writes under the deadline of the TCP connection: the end of a context would cut a slow reader, too.
func (c *session) send(m message) error {
	err := c.ws.Write(context.Background(), m.kind, m.data)
	if err == nil {
		c.server.Metrics.Sent(len(m.data))
	}
	return err
}

func (c *session) write() {
	defer c.out.Close()
	var batch []message
	for range c.out.Wake {
		var closed bool
		for batch, closed = c.out.Take(batch); len(batch) > 0; batch, closed = c.out.Take(batch) {
			for _, m := range batch {
				if err := c.send(m); err != nil {
					c.writeFailed(err)
					return
				}
			}
		}
		if closed {
			_ = c.ws.Close(websocket.StatusGoingAway, "")
			return
		}
	}
}

// keepAlive pings, and cuts the peer off pongWait after its last pong, whether that one was asked for or not.
func (c *session) keepAlive() {
	ticker := time.NewTicker(c.server.Config.PingPeriod())
	defer ticker.Stop()
	for {
		select {
		case <-c.context.Done():
			return
		case <-ticker.C:
		}
		for err := error(context.DeadlineExceeded); err != nil; {
			alive := time.Unix(0, c.alive.Load()).Add(c.stoodStill())
			if time.Now().After(alive) {
				c.cut("pong_wait")
				return
			}
			ping, cancel := context.WithDeadline(c.context, alive)
			err = c.ws.Ping(ping)
			cancel()
			if err != nil && (c.context.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
				return
			}
		}
	}
}

// ponged is the library's callback for each pong. What the reader stood still before it is behind the peer.
func (c *session) ponged(context.Context, []byte) {
	c.alive.Store(time.Now().Add(c.server.Config.PongWait() - c.stoodStill()).UnixNano())
}

// stoodStill is how long in all the reader could not see pongs.
func (c *session) stoodStill() time.Duration {
	return c.tcp.Stalled() + time.Duration(c.awaited.Load())
}

// Deliver takes a message of the room; a member whose queue is full is cut off, since nothing may be dropped.
func (c *session) Deliver(m message) { c.offer(m) }

func (c *session) offer(m message) bool {
	ok, full := c.out.Offer(m, len(m.data))
	if full {
		c.cut("buffer_full")
	}
	return ok
}

// Drain sends what waits and then 1001.
func (c *session) Drain() {
	if c.out != nil {
		c.out.Close()
		return
	}
	go func() {
		c.echo.Lock()
		c.draining = true
		c.echo.Unlock()
		_ = c.ws.Close(websocket.StatusGoingAway, "")
	}()
}
