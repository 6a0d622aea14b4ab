package main

import (
	"bytes"
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// send writes what the kernel accepts and queues the rest. keep says that f.bytes are the caller's and must be copied.
func (e *evented) send(f frame, keep bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sendLocked(f, keep)
}

func (e *evented) sendLocked(f frame, keep bool) {
	if e.closed || e.finished {
		return
	}
	n := 0
	if len(e.queue) == 0 && e.fd >= 0 {
		n = e.write(f.bytes)
		if n == len(f.bytes) {
			e.count(f)
			return
		}
		e.offset = n
		e.progress, e.waiting = time.Now(), e.unsent()
	}
	if keep {
		f.bytes = bytes.Clone(f.bytes)
	}
	e.queue = append(e.queue, f)
	e.queued += len(f.bytes) - n
	e.arm()
}

// write is one attempt; a broken connection shows itself to the loop as EPOLLERR or EPOLLHUP.
func (e *evented) write(p []byte) int {
	for {
		n, err := unix.Write(e.fd, p)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		return max(0, n)
	}
}

// flush continues with the queue, and with the input once the queue is empty.
func (e *evented) flush() {
	e.mu.Lock()
	for len(e.queue) > 0 {
		f := e.queue[0]
		n := e.write(f.bytes[e.offset:])
		if n > 0 {
			e.progress, e.waiting = e.loop.now, e.unsent()
		}
		e.queued -= n
		e.offset += n
		if e.offset < len(f.bytes) {
			break
		}
		e.count(f)
		e.queue[0] = frame{}
		e.queue, e.offset = e.queue[1:], 0
	}
	resumed := len(e.queue) == 0
	if resumed {
		e.queue = nil
		if !e.stopped.IsZero() {
			// While it was not read, its pongs could not be seen.
			e.alive = e.alive.Add(e.loop.now.Sub(e.stopped))
			e.stopped = time.Time{}
		}
		if !e.over.IsZero() {
			e.halfClose()
		}
	}
	e.arm()
	e.mu.Unlock()
	if resumed && len(e.in) > 0 {
		in := e.in
		e.in = nil
		e.consume(in)
	}
}

// paused tells whether the peer is not read now.
func (e *evented) paused() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.stopped.IsZero()
}

// arm asks epoll for the events that the state needs; with mu held.
func (e *evented) arm() {
	if wanted := e.wanted(); wanted != e.events && e.events != 0 {
		e.events = wanted
		_ = e.loop.control(unix.EPOLL_CTL_MOD, e.fd, wanted)
	}
}

func (e *evented) wanted() uint32 {
	events := uint32(unix.EPOLLIN)
	if !e.stopped.IsZero() {
		events = 0
	}
	if len(e.queue) > 0 {
		events |= unix.EPOLLOUT
	}
	return events
}

func (e *evented) count(f frame) {
	if f.size != control {
		e.loop.server.Metrics.Sent(f.size)
	}
}

// late tells whether the peer has accepted no queued bytes for writeWait; with mu held.
func (e *evented) late(now time.Time) bool {
	if len(e.queue) == 0 {
		return false
	}
	if left := e.unsent(); left < e.waiting {
		e.progress, e.waiting = now, left
	}
	return now.Sub(e.progress) >= e.loop.server.Config.WriteWait()
}

// unsent is how many bytes the kernel holds that the peer's kernel has not acknowledged (SIOCOUTQ, tcp(7)).
func (e *evented) unsent() int {
	n, _ := unix.IoctlGetInt(e.fd, unix.TIOCOUTQ)
	return n
}

func (e *evented) answer(f frame) error {
	e.send(f, true)
	e.settle()
	return nil
}

func (e *evented) settle() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.queue) > 0 && e.stopped.IsZero() {
		e.stopped = time.Now()
		e.arm()
	}
}

func (e *evented) deliver(f frame) (full bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	full = e.queued > 0 && e.queued+len(f.bytes) > e.loop.server.Config.MaxBufferedBytes
	if !full {
		e.sendLocked(f, false)
	}
	return full
}

func (e *evented) finish(close []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sendLocked(frame{bytes: close, size: control}, false)
	e.finished = true
}

// halfClose sends the FIN once nothing waits; with mu held.
func (e *evented) halfClose() {
	if len(e.queue) == 0 && !e.closed {
		_ = unix.Shutdown(e.fd, unix.SHUT_WR)
	}
}

// abort resets the connection. The loop sees that and closes: only the loop may give up the descriptor.
func (e *evented) abort() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doomed = true
	if !e.closed && e.fd >= 0 {
		_ = unix.SetsockoptLinger(e.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Shutdown(e.fd, unix.SHUT_RDWR)
	}
}
