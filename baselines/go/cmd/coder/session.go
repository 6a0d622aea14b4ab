package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/server"
)

// session is one connection. Its reading goroutine also writes the echoes. A member of a topic has a second goroutine,
// which writes what waits in its outbox. Write deadlines are set by tcp.Conn, below the library: a context would also end
// the connection of a slow reader.
type session struct {
	*server.Peer[message]
	ws *websocket.Conn
	// echoing is held to write an echo: the close frame waits for it.
	echoing sync.Mutex
	// alive is the deadline of the next pong in Unix nanoseconds, less notReading.
	alive atomic.Int64
	// notReading is for how long in all no pong could be read, in nanoseconds.
	notReading atomic.Int64
	stopPing   func() bool
}

type message struct {
	kind websocket.MessageType
	data []byte
}

func newMessage(binary bool, data []byte) message {
	if binary {
		return message{websocket.MessageBinary, data}
	}
	return message{websocket.MessageText, data}
}

// Size is the payload in bytes.
func (m message) Size() int { return len(m.data) }

func (c *session) start() {
	config := &c.Server.Config
	c.ws.SetReadLimit(int64(config.ReadLimitBytes))
	c.ponged(context.Background(), nil)
	c.Server.Join(c, c.Until)
	c.stopPing = server.Every(config.PingPeriod(), c.ping)
	if c.Out != nil {
		go c.write()
	}
	go c.read()
}

func (c *session) read() {
	defer c.leave()
	for {
		m, err := c.next()
		if err != nil {
			c.failed(err)
			return
		}
		switch {
		case m.kind == websocket.MessageText && c.Server.Refresh(c, m.data):
		case c.Room():
			c.notReading.Add(int64(c.Broadcast(m.kind == websocket.MessageBinary, m.data)))
		default:
			if err := c.echo(m); err != nil {
				c.writeFailed(err)
			}
		}
	}
}

var errInvalidUTF8 = errors.New("a text message is not UTF-8")

var errPanic = errors.New("the library panicked")

// next reads a message. coder/websocket 1.8.15 panics at a close frame in the middle of a compressed message with context
// takeover (docs/upstream/coder-close-inside-message.md). It has answered that frame, and tells its code when asked again.
func (c *session) next() (m message, err error) {
	defer func() {
		if recover() == nil {
			return
		}
		if _, _, err = c.ws.Read(context.Background()); err == nil {
			err = errPanic
		}
	}()
	kind, data, err := c.ws.Read(context.Background())
	if err == nil && kind == websocket.MessageText && !utf8.Valid(data) {
		err = errInvalidUTF8
	}
	return message{kind, data}, err
}

func (c *session) echo(m message) error {
	c.echoing.Lock()
	defer c.echoing.Unlock()
	before := c.TCP.Stalled()
	err := c.send(m)
	if stalled := c.TCP.Stalled() - before; stalled > 0 {
		c.notReading.Add(int64(stalled))
	}
	if err == nil {
		c.Server.Metrics.Received(len(m.data))
	}
	return err
}

func (c *session) send(m message) error {
	err := c.ws.Write(context.Background(), m.kind, m.data)
	if err == nil {
		c.Server.Metrics.Sent(len(m.data))
	}
	return err
}

// write sends what waits in the outbox until that is closed.
func (c *session) write() {
	if err := c.Out.Send(c.send); err != nil {
		c.writeFailed(err)
	}
}

// ping sends a ping, and cuts off a peer whose last pong is pongWait ago. A pong that nobody asked for counts, too.
func (c *session) ping() bool {
	for {
		until := c.aliveUntil()
		if !time.Now().Before(until) {
			c.Cut("pong_wait")
			return false
		}
		alive, cancel := context.WithDeadline(context.Background(), until)
		err := c.ws.Ping(alive)
		cancel()
		if err == nil || !errors.Is(err, context.DeadlineExceeded) {
			return err == nil
		}
	}
}

// ponged is the library's callback for each pong.
func (c *session) ponged(context.Context, []byte) {
	c.alive.Store(time.Now().UnixNano() + int64(c.Server.Config.PongWait()) - c.notReading.Load())
}

func (c *session) aliveUntil() time.Time { return time.Unix(0, c.alive.Load()+c.notReading.Load()) }
