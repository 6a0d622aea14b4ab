package main

import (
	"bufio"
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

// newUpgrade serves each connection by a goroutine that reads and answers; a member of a topic has a second one that
// writes.
func newUpgrade(s *server.Server) (server.Upgrade, error) {
	return newUpgrader(s, func(c *session, conn *tcp.Conn) transport {
		b := &blocking{session: c, conn: conn}
		if c.Topic != "" {
			b.out = outbox.New[frame](s.Config.MaxBufferedBytes)
			b.written = make(chan struct{})
		}
		return b
	}), nil
}

var pingFrame = ws.MustCompileFrame(ws.NewPingFrame(nil))

// blocking is a connection whose goroutine waits in Read and Write.
type blocking struct {
	session *session
	conn    *tcp.Conn
	early   []byte
	// out is what waits for a member of a topic; written is closed when its writer has ended.
	out     *outbox.Outbox[frame]
	written chan struct{}
	writing sync.Mutex

	nextPing time.Time
	// alive is the deadline of the next pong, not counting the time in which the goroutine did not read since ponged.
	alive time.Time
	// stalled is the time without reading up to the last pong, flushed the part of it in settle.
	stalled, flushed time.Duration
}

func (b *blocking) start(reader *bufio.Reader) {
	b.early = buffered(reader)
	reader.Reset(b)
	b.session.decodeFrom(reader)
	b.ponged()
	b.schedule(time.Now())
	if b.out != nil {
		go b.write()
	}
	b.session.server.Join(b.session, b.session.Until)
	go b.serve()
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

// Read is what the library's reader reads from. Its deadline is the time of the next ping or the end of the wait for a
// pong, so neither needs a timer of its own.
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
		if now.After(b.aliveUntil()) {
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

// schedule sets the read deadline to the next ping, or to the end of the wait for a pong if that comes first.
func (b *blocking) schedule(now time.Time) {
	if !now.Before(b.nextPing) {
		b.nextPing = now.Add(b.session.server.Config.PingPeriod())
	}
	deadline := b.nextPing
	if alive := b.aliveUntil(); alive.Before(deadline) {
		deadline = alive
	}
	_ = b.conn.SetReadDeadline(deadline)
}

func (b *blocking) ponged() {
	b.alive = time.Now().Add(b.session.server.Config.PongWait())
	b.stalled = b.notReading()
}

func (b *blocking) aliveUntil() time.Time { return b.alive.Add(b.notReading() - b.stalled) }

// notReading is for how long in all the goroutine has waited for room to write, and so could see no pong.
func (b *blocking) notReading() time.Duration { return b.conn.Stalled() + b.flushed }

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

func (b *blocking) settle() { b.flushed += b.out.Flush() }

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
