package main

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/server"
)

// session is one connection. Its reader writes the echoes; a member of a topic has a writer besides, for its outbox.
// tcp.Conn, below the library, gives each write its deadline.
type session struct {
	*server.Peer[message]
	ws *websocket.Conn
	// writing is held to write a message: the library has one writer at a time.
	writing sync.Mutex
	// alive is until when the peer may be without a pong; the reader's own.
	alive    time.Time
	stopPing func() bool
}

// message is framed, and compressed, once for all members of a topic.
type message struct {
	*websocket.PreparedMessage
	size int
}

func newMessage(kind int, data []byte) message {
	// It fails for a kind that is none.
	prepared, _ := websocket.NewPreparedMessage(kind, data)
	return message{prepared, len(data)}
}

// Size is the payload's bytes.
func (m message) Size() int { return m.size }

func (c *session) start() {
	config := &c.Server.Config
	if config.DeflateLevel > 0 {
		_ = c.ws.SetCompressionLevel(config.DeflateLevel)
	}
	c.ws.SetReadLimit(config.WireLimitBytes())
	c.live()
	c.ws.SetPongHandler(func(string) error { c.live(); return nil })
	c.ws.SetPingHandler(func(data string) error { c.pong(data); return nil })
	c.ws.SetCloseHandler(func(code int, _ string) error { c.close(code); return nil })
	c.Server.Join(c)
	c.stopPing = server.Every(config.PingPeriod(), func() bool { return c.control(websocket.PingMessage, "") })
	// In goroutines of their own, so that the handler returns and net/http's memory is freed.
	if c.Out != nil {
		go c.write()
	}
	go c.read()
}

func (c *session) read() {
	defer c.leave()
	for {
		kind, data, err := c.next()
		if err != nil {
			c.failed(err)
			return
		}
		if c.Workload.Room() {
			c.stoodStill(c.Broadcast(newMessage(kind, data.Bytes())))
		} else {
			c.echo(kind, data.Bytes())
		}
		buffers.Put(data)
	}
}

// buffers hold a message from its reading to its writing; an idle connection has none.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errInvalidUTF8 = errors.New("a text message is not UTF-8")

// next reads a whole message. The library's own limit counts the bytes on the wire, this one what they inflate to.
func (c *session) next() (kind int, data *bytes.Buffer, err error) {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	limit := c.Server.Config.ReadLimitBytes
	data = buffers.Get().(*bytes.Buffer)
	data.Reset()
	_, err = data.ReadFrom(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
	case data.Len() > limit:
		err = websocket.ErrReadLimit
	case kind == websocket.TextMessage && !utf8.Valid(data.Bytes()):
		err = errInvalidUTF8
	}
	return kind, data, err
}

func (c *session) echo(kind int, data []byte) {
	before := c.TCP.Stalled()
	c.writing.Lock()
	c.compressFrom(len(data))
	err := c.ws.WriteMessage(kind, data)
	c.writing.Unlock()
	c.stoodStill(c.TCP.Stalled() - before)
	if err != nil {
		c.writeFailed(err)
		return
	}
	c.Server.Metrics.Received(len(data))
	c.Server.Metrics.Sent(len(data))
}

// write sends what waits in the outbox, until a drain closes it.
func (c *session) write() {
	err := c.Out.Send(func(m message) error {
		c.writing.Lock()
		defer c.writing.Unlock()
		c.compressFrom(m.size)
		err := c.ws.WritePreparedMessage(m.PreparedMessage)
		if err == nil {
			c.Server.Metrics.Sent(m.size)
		}
		return err
	})
	if err != nil {
		c.writeFailed(err)
		return
	}
	c.close(websocket.CloseGoingAway)
}

// compressFrom has the next message compressed if it reaches the threshold.
func (c *session) compressFrom(size int) {
	c.ws.EnableWriteCompression(size >= c.Server.Config.DeflateThresholdBytes)
}

// pong answers a ping.
func (c *session) pong(data string) {
	before := c.TCP.Stalled()
	c.control(websocket.PongMessage, data)
	c.stoodStill(c.TCP.Stalled() - before)
}

// control sends a ping or a pong, between two messages or two fragments of one.
func (c *session) control(kind int, data string) bool {
	err := c.ws.WriteControl(kind, []byte(data), time.Time{})
	if err != nil {
		c.writeFailed(err)
	}
	return err == nil
}

// live sets the read deadline: only a pong moves it.
func (c *session) live() {
	c.alive = time.Now().Add(c.Server.Config.PongWait())
	_ = c.ws.SetReadDeadline(c.alive)
}

// stoodStill gives the peer the time back in which the reader could not see its pongs.
func (c *session) stoodStill(waited time.Duration) {
	if waited > 0 {
		c.alive = c.alive.Add(waited)
		_ = c.ws.SetReadDeadline(c.alive)
	}
}
