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

// session is one connection. Its reading goroutine also writes the echoes. A member of a topic has a second goroutine,
// which writes what waits in its outbox. Write deadlines are set by tcp.Conn, below the library.
type session struct {
	*server.Peer[message]
	ws *websocket.Conn
	// writing is held to write a message: the library allows one writer at a time.
	writing sync.Mutex
	// alive is the read deadline, which pongs move. Only the reading goroutine uses it.
	alive    time.Time
	stopPing func() bool
}

// message is framed, and compressed, once for all members of a topic.
type message struct {
	*websocket.PreparedMessage
	size int
}

func newMessage(binary bool, data []byte) message {
	kind := websocket.TextMessage
	if binary {
		kind = websocket.BinaryMessage
	}
	// The error is about the kind only.
	prepared, _ := websocket.NewPreparedMessage(kind, data)
	return message{prepared, len(data)}
}

// Size is the payload in bytes.
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
	c.Server.Join(c, c.Until)
	c.stopPing = server.Every(config.PingPeriod(), func() bool { return c.control(websocket.PingMessage, "") })
	// The handler returns, and net/http frees its memory.
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
		switch {
		case kind == websocket.TextMessage && c.Server.Refresh(c, data.Bytes()):
		case c.Room():
			c.notReading(c.Broadcast(kind == websocket.BinaryMessage, data.Bytes()))
		default:
			c.echo(kind, data.Bytes())
		}
		buffers.Put(data)
	}
}

// buffers hold a message until it is written; an idle connection has none.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errInvalidUTF8 = errors.New("a text message is not UTF-8")

// next reads a whole message. The library's SetReadLimit counts bytes on the wire, so the message itself is counted here.
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
	c.compressIfLarge(len(data))
	err := c.ws.WriteMessage(kind, data)
	c.writing.Unlock()
	c.notReading(c.TCP.Stalled() - before)
	if err != nil {
		c.writeFailed(err)
		return
	}
	c.Server.Metrics.Received(len(data))
	c.Server.Metrics.Sent(len(data))
}

// write sends what waits in the outbox until that is closed.
func (c *session) write() {
	err := c.Out.Send(func(m message) error {
		c.writing.Lock()
		defer c.writing.Unlock()
		c.compressIfLarge(m.size)
		err := c.ws.WritePreparedMessage(m.PreparedMessage)
		if err == nil {
			c.Server.Metrics.Sent(m.size)
		}
		return err
	})
	if err != nil {
		c.writeFailed(err)
	}
}

// compressIfLarge has the library compress the next message if its size reaches the threshold.
func (c *session) compressIfLarge(size int) {
	c.ws.EnableWriteCompression(size >= c.Server.Config.DeflateThresholdBytes)
}

// pong answers a ping.
func (c *session) pong(data string) {
	before := c.TCP.Stalled()
	c.control(websocket.PongMessage, data)
	c.notReading(c.TCP.Stalled() - before)
}

// control sends a ping or a pong; it may come between the fragments of a message.
func (c *session) control(kind int, data string) bool {
	err := c.ws.WriteControl(kind, []byte(data), time.Time{})
	if err != nil {
		c.writeFailed(err)
	}
	return err == nil
}

// live moves the read deadline. Only opening and pongs do.
func (c *session) live() {
	c.alive = time.Now().Add(c.Server.Config.PongWait())
	_ = c.ws.SetReadDeadline(c.alive)
}

// notReading gives the peer the time back in which its pongs could not be read.
func (c *session) notReading(d time.Duration) {
	if d > 0 {
		c.alive = c.alive.Add(d)
		_ = c.ws.SetReadDeadline(c.alive)
	}
}
