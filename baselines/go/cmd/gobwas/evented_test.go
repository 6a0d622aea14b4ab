package main

import (
	"sync"
	"testing"

	"golang.org/x/sys/unix"
	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/server"
)

// A drain that gives up may abort a connection while its loop adopts it; `go test -race` sees what is not locked.
func TestAConnectionMayBeAbortedWhileItsLoopAdoptsIt(t *testing.T) {
	s := &server.Server{Config: config.Defaults()}
	l, err := newLoop(s)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		e := &evented{session: &session{server: s, decoder: &decoder{}}, loop: l, fd: pair[0]}
		e.session.transport = e
		l.conns[int32(e.fd)] = e
		var both sync.WaitGroup
		both.Go(e.adopted)
		both.Go(e.abort)
		both.Wait()
		e.end()
		_ = unix.Close(pair[1])
	}
}
