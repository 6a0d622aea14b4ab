package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// newEpollUpgrade serves all connections by as many event loops as Go has processors. An idle connection has no
// goroutine, no buffer and no timer.
func newEpollUpgrade(s *server.Server) (server.Upgrade, error) {
	loops := make([]*loop, runtime.GOMAXPROCS(0))
	for i := range loops {
		l, err := newLoop(s)
		if err != nil {
			return nil, err
		}
		loops[i] = l
		go l.run()
	}
	var opened atomic.Uint64
	return newUpgrader(s, func(c *session, conn *tcp.Conn) transport {
		ordinal := opened.Add(1)
		return &evented{session: c, conn: conn, fd: -1, ordinal: ordinal, loop: loops[ordinal%uint64(len(loops))]}
	}), nil
}

// loop serves its connections from one goroutine, which blocks in epoll_wait only.
type loop struct {
	server *server.Server
	epoll  int
	// wake is an eventfd: incoming has a connection.
	wake   int
	conns  map[int32]*evented
	buffer []byte
	now    time.Time

	mu       sync.Mutex
	incoming []*evented
}

const (
	readBytes = 64 << 10
	batch     = 256
)

func newLoop(s *server.Server) (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	l := &loop{server: s, epoll: epoll, wake: wake, conns: map[int32]*evented{}, buffer: make([]byte, readBytes), now: time.Now()}
	return l, l.control(unix.EPOLL_CTL_ADD, wake, unix.EPOLLIN)
}

// add hands a connection over to the loop's goroutine.
func (l *loop) add(e *evented) {
	l.mu.Lock()
	l.incoming = append(l.incoming, e)
	l.mu.Unlock()
	_, _ = unix.Write(l.wake, binary.NativeEndian.AppendUint64(nil, 1))
}

func (l *loop) run() {
	events := make([]unix.EpollEvent, batch)
	tick := l.server.Config.Tick()
	sweep := time.Now().Add(tick)
	for {
		wait := max(0, time.Until(sweep))
		n, err := unix.EpollWait(l.epoll, events, int((wait+time.Millisecond-1)/time.Millisecond))
		if err != nil && !errors.Is(err, unix.EINTR) {
			log.Printf("epoll_wait: %v", err)
			return
		}
		l.now = time.Now()
		for i := range max(0, n) {
			if e := l.conns[events[i].Fd]; e != nil {
				e.ready(events[i].Events)
			} else if events[i].Fd == int32(l.wake) {
				l.adopt()
			}
		}
		if !l.now.Before(sweep) {
			for _, e := range l.conns {
				e.look()
			}
			sweep = l.now.Add(tick)
		}
	}
}

func (l *loop) adopt() {
	var count [8]byte
	_, _ = unix.Read(l.wake, count[:])
	l.mu.Lock()
	incoming := l.incoming
	l.incoming = nil
	l.mu.Unlock()
	for _, e := range incoming {
		l.conns[int32(e.fd)] = e
		e.adopted()
	}
}

func (l *loop) control(op, fd int, events uint32) error {
	return unix.EpollCtl(l.epoll, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}
