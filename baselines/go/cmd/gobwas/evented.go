package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// evented is a connection of an event loop.
type evented struct {
	session *session
	loop    *loop
	// conn is the connection before the loop takes over; nil from then on.
	conn *tcp.Conn
	// fd is -1 until the upgrade is answered; what is sent before that is queued.
	fd int
	// ordinal of this connection in its process.
	ordinal uint64

	// Of the loop's goroutine only. in is what has come and makes no whole frame yet.
	window          window
	in              []byte
	nextPing, alive time.Time
	// over is when a connection that has sent its close frame is closed; zero before.
	over time.Time

	// mu guards the way out, which any goroutine may use.
	mu     sync.Mutex
	queue  []frame
	offset int
	queued int
	closed bool
	// doomed: aborted before it had a descriptor.
	doomed bool
	// finished: the close frame is queued, and nothing may follow it.
	finished bool
	// events is what epoll was asked for.
	events uint32
	// progress is when the peer last accepted queued bytes; waiting is what the kernel still held then.
	progress time.Time
	waiting  int
	// stopped is when the loop stopped reading from the peer; zero while it reads.
	stopped time.Time
}

// window is the input that the decoder may see: whole frames only, so it never waits.
type window struct{ data []byte }

func (w *window) Read(p []byte) (int, error) {
	if len(w.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.data)
	w.data = w.data[n:]
	return n, nil
}

// start takes the connection out of Go's own poller and gives it to the loop. The first pings of connections that came
// together are spread over a period.
func (e *evented) start(reader *bufio.Reader) {
	config := &e.loop.server.Config
	e.in = buffered(reader)
	e.session.decodeFrom(&e.window)
	now := time.Now()
	const slots = 16
	e.nextPing = now.Add(config.PingPeriod() * time.Duration(e.ordinal%slots+1) / slots)
	e.alive = now.Add(config.PongWait())
	fd, err := e.conn.Detach()
	e.conn = nil
	e.mu.Lock()
	e.fd, e.progress = fd, now
	e.mu.Unlock()
	e.session.server.Join(e.session, e.session.Until)
	if err != nil {
		log.Print(err)
		e.session.leave()
		return
	}
	e.loop.add(e)
}

// adopted is the loop's first look at the connection.
func (e *evented) adopted() {
	e.mu.Lock()
	e.events = e.wanted()
	err := e.loop.control(unix.EPOLL_CTL_ADD, e.fd, e.events)
	doomed := e.doomed
	e.mu.Unlock()
	if err != nil || doomed {
		e.end()
		return
	}
	early := e.in
	e.in = nil
	e.consume(early)
}

func (e *evented) ready(events uint32) {
	if events&unix.EPOLLOUT != 0 {
		e.flush()
	}
	if events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		e.end()
		return
	}
	if events&unix.EPOLLIN == 0 {
		return
	}
	n, err := unix.Read(e.fd, e.loop.buffer)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
	case n <= 0 || err != nil:
		e.end()
	case e.over.IsZero():
		e.consume(e.loop.buffer[:n])
	}
}

// consume handles the whole frames of data and keeps the rest. It stops where an answer could not be sent at once.
func (e *evented) consume(data []byte) {
	if len(e.in) > 0 {
		e.in = append(e.in, data...)
		data = e.in
	}
	for e.over.IsZero() && !e.paused() && e.whole(data) {
		e.window.data = data
		err := e.session.step()
		data = e.window.data
		if err != nil {
			e.hangUp()
		}
	}
	e.window.data = nil
	if len(data) == 0 || !e.over.IsZero() {
		e.in = nil
	} else {
		e.in = append(e.in[:0], data...)
	}
}

// whole tells whether data begins with a frame that the decoder can handle without waiting: a whole one, or a header that
// it refuses.
func (e *evented) whole(data []byte) bool {
	r := bytes.NewReader(data)
	hdr, err := ws.ReadHeader(r)
	if err != nil {
		return len(data) >= ws.MaxHeaderSize
	}
	return hdr.Length <= int64(r.Len()) || hdr.Length > e.loop.server.Config.WireLimitBytes() || ws.CheckHeader(hdr, e.session.decoder.reader.State) != nil
}

// hangUp sends what is queued and then a FIN, and gives the peer tcp.GentleWait to end its side.
func (e *evented) hangUp() {
	e.over = e.loop.now.Add(tcp.GentleWait)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.session.Code() == server.Abnormal {
		e.finished = true
	}
	e.halfClose()
	e.arm()
}

// look is done at each sweep: pings and deadlines.
func (e *evented) look() {
	now := e.loop.now
	config := &e.loop.server.Config
	e.mu.Lock()
	late := e.late(now)
	standing := !e.stopped.IsZero()
	e.mu.Unlock()
	switch {
	case late:
		e.session.cut("write_wait")
	case !e.over.IsZero():
		if now.After(e.over) {
			e.end()
		}
	case !standing && now.After(e.alive):
		e.session.cut("pong_wait")
	case !now.Before(e.nextPing):
		e.nextPing = now.Add(config.PingPeriod())
		if !standing {
			e.send(frame{bytes: pingFrame, size: control}, false)
		}
	}
}

func (e *evented) ponged() { e.alive = e.loop.now.Add(e.loop.server.Config.PongWait()) }

// end takes the connection out of the loop.
func (e *evented) end() {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	e.closed = true
	e.queue = nil
	delete(e.loop.conns, int32(e.fd))
	_ = unix.Close(e.fd)
	e.mu.Unlock()
	e.session.leave()
}
