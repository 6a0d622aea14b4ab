package main

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// newUpgrade serves each connection in a goroutine; one that gets what it did not cause has a second, to write.
func newUpgrade(s *server.Server) (server.Upgrade, error) {
	return newUpgrader(s, goroutines{s}), nil
}

type goroutines struct{ server *server.Server }

func (g goroutines) prepare(a *accepted) {
	b := &blocking{session: a.session, conn: a.conn}
	a.transport, a.pong = b, b.ponged
	if a.workload.Topic != "" {
		b.out = outbox.New[frame](g.server.Config.MaxBufferedBytes)
		b.written = make(chan struct{})
	}
}

func (g goroutines) start(a *accepted) {
	b := a.transport.(*blocking)
	b.early = a.early
	a.reader.Reset(b)
	a.decodeFrom(a.reader)
	b.ponged()
	b.schedule(time.Now())
	if b.out != nil {
		go b.write()
	}
	a.server.Join(a.session)
	go b.serve()
}

var pingFrame = ws.MustCompileFrame(ws.NewPingFrame(nil))

// blocking is a connection whose goroutine waits in Read and Write.
type blocking struct {
	session *session
	conn    *tcp.Conn
	out     *outbox.Outbox[frame]
	written chan struct{}
	early   []byte

	writing  sync.Mutex
	nextPing time.Time
	// alive is until when the peer may be without a pong, save for the time that its own reading stood still.
	alive   time.Time
	stalled time.Duration
	awaited time.Duration
}

func (b *blocking) serve() {
	for b.session.step() == nil {
	}
	if b.out != nil {
		b.out.Close()
		<-b.written
	}
	if b.session.Code() == server.Abnormal {
		_ = b.conn.Close()
	} else {
		b.conn.CloseGently()
	}
	b.session.leave()
}

// Read is the source under the library's reader. Its deadline is the next ping's time, so that pinging, and looking
// whether the peer still answers, cost no timer beyond the read deadline.
func (b *blocking) Read(p []byte) (int, error) {
	if len(b.early) > 0 {
		n := copy(p, b.early)
		b.early = b.early[n:]
		return n, nil
	}
	for {
		n, err := b.conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		now := time.Now()
		if now.After(b.alive.Add(b.stoodStill() - b.stalled)) {
			b.session.cut("pong_wait")
			return 0, io.EOF
		}
		if !now.Before(b.nextPing) {
			if err := b.send(pingFrame); err != nil {
				return 0, err
			}
		}
		b.schedule(now)
	}
}

// schedule sets the read deadline to what comes first: the next ping, or the end of the peer's time for a pong.
func (b *blocking) schedule(now time.Time) {
	if !now.Before(b.nextPing) {
		b.nextPing = now.Add(b.session.server.Config.PingPeriod())
	}
	deadline := b.nextPing
	if alive := b.alive.Add(b.stoodStill() - b.stalled); alive.Before(deadline) {
		deadline = alive
	}
	_ = b.conn.SetReadDeadline(deadline)
}

func (b *blocking) ponged() {
	b.alive = time.Now().Add(b.session.server.Config.PongWait())
	b.stalled = b.stoodStill()
}

// send writes bytes under the connection's write deadline.
func (b *blocking) send(bytes []byte) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	_, err := b.conn.Write(bytes)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		b.session.cut("write_wait")
	}
	return err
}

func (b *blocking) answer(f frame) error {
	err := b.send(f.bytes)
	if err == nil && f.size != control {
		b.session.server.Metrics.Sent(f.size)
	}
	return err
}

func (b *blocking) deliver(f frame) (full bool) {
	_, full = b.out.Offer(f, len(f.bytes))
	return full
}

func (b *blocking) settle() { b.awaited += b.out.Flush() }

// stoodStill is how long in all the goroutine did not read.
func (b *blocking) stoodStill() time.Duration { return b.conn.Stalled() + b.awaited }

func (b *blocking) write() {
	defer close(b.written)
	if b.out.Send(b.answer) != nil {
		_ = b.conn.Close()
	}
}

func (b *blocking) finish(close []byte) {
	if b.out == nil {
		_ = b.send(close)
		return
	}
	b.out.Offer(frame{bytes: close, size: control}, 0)
	b.out.Close()
}

func (b *blocking) abort() { b.conn.Abort() }
