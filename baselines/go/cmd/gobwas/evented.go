package main

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
	"ws-arena/baselines/internal/server"
)

// gentleWait is how long a peer may go on sending after the last close frame.
const gentleWait = time.Second

// evented is a connection of an event loop: what came in and makes no whole frame yet, and what could not go out yet.
type evented struct {
	session *session
	loop    *loop
	// fd is -1 until the upgrade is answered; what is sent before is queued.
	fd int
	// number is the how manyth connection of the process this is.
	number uint64

	// The loop's own.
	window          window
	in              []byte
	nextPing, alive time.Time
	// over is when a connection that has said its last is closed; zero before.
	over time.Time

	// mu guards what any goroutine may touch: the way out.
	mu     sync.Mutex
	queue  []frame
	offset int
	queued int
	closed bool
	// doomed is a connection that was aborted before it had a descriptor.
	doomed bool
	// finished means that the close frame is queued; nothing goes behind it.
	finished bool
	events   uint32
	// progress is when the peer last took something of what waits, waiting what the kernel held then.
	progress time.Time
	waiting  int
	stopped  time.Time
}

// window is the part of the input that the decoder may see: whole frames only, so that it never waits.
type window struct{ data []byte }

func (w *window) Read(p []byte) (int, error) {
	if len(w.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.data)
	w.data = w.data[n:]
	return n, nil
}

// start is the loop's first look at the connection.
func (e *evented) start() {
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

// consume handles all whole frames of data, and keeps the rest. It pauses where an answer could not go out at once.
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

// whole tells whether data begins with a frame that the decoder can handle without waiting: all of it, or a header
// that it will refuse.
func (e *evented) whole(data []byte) bool {
	r := bytes.NewReader(data)
	hdr, err := ws.ReadHeader(r)
	if err != nil {
		return len(data) >= ws.MaxHeaderSize
	}
	return hdr.Length <= int64(r.Len()) || hdr.Length > e.loop.server.Config.WireLimitBytes() || ws.CheckHeader(hdr, e.session.decoder.reader.State) != nil
}

// hangUp ends the sending side after what is queued, and gives the peer gentleWait to end its own.
func (e *evented) hangUp() {
	e.over = e.loop.now.Add(gentleWait)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.session.Code() == server.Abnormal {
		e.finished = true
	}
	e.halfClose()
	e.arm()
}

// look is the sweep's: pings, and the deadlines.
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
