package server

import (
	"net/http"
	"sync/atomic"
	"time"

	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/tcp"
)

// Ending is the close code with which a connection ends, as its client sees it.
type Ending struct{ code atomic.Int32 }

// Abnormal is the code of an end without a close frame (RFC 6455 section 7.1.5).
const Abnormal = 1006

// Set notes the code; true for the first to say.
func (e *Ending) Set(code int) bool { return e.code.CompareAndSwap(0, int32(code)) }

// Code is what was noted first; Abnormal when nothing was.
func (e *Ending) Code() int {
	if code := e.code.Load(); code != 0 {
		return int(code)
	}
	return Abnormal
}

// Sized is a message that knows its payload's bytes, uncompressed.
type Sized interface{ Size() int }

// Peer is the client of a connection whose library blocks in its reads and writes: its topic, what waits for it, and how
// it ended. A session embeds it.
type Peer[M Sized] struct {
	Ending
	Server   *Server
	TCP      *tcp.Conn
	Workload Workload
	// Out is what waits for a member of a topic. An echo is written where it is read, so that nothing waits.
	Out   *outbox.Outbox[M]
	topic *Topic[M]
}

// NewPeer is the peer behind r. It is a member of its topic before the upgrade is answered, so that it misses nothing
// from the moment at which it can know that it is one.
func NewPeer[M Sized](s *Server, r *http.Request, workload Workload, topics *Topics[M]) *Peer[M] {
	p := &Peer[M]{Server: s, TCP: Conn(r), Workload: workload}
	if workload.Topic != "" {
		p.Out = outbox.New[M](s.Config.MaxBufferedBytes)
		p.topic = topics.Join(workload, p)
	}
	return p
}

// Deliver queues a message of the topic. A member whose queue is full is cut off, since nothing may be dropped.
func (p *Peer[M]) Deliver(m M) {
	if _, full := p.Out.Offer(m, m.Size()); full {
		p.Cut("buffer_full")
	}
}

// Broadcast sends what this peer said to all of its room, and waits until it was written to the peer itself: who does
// not take its own messages is not read, and nothing that the reader finds next can overtake them.
func (p *Peer[M]) Broadcast(m M) (waited time.Duration) {
	if p.Out.Closed() {
		return 0
	}
	p.Server.Metrics.Received(m.Size())
	p.topic.Broadcast(m)
	return p.Out.Flush()
}

// Cut ends the connection at once, for a reason that the metrics know.
func (p *Peer[M]) Cut(reason string) {
	if p.Set(Abnormal) {
		p.Server.Metrics.Cut(reason)
	}
	p.Kill()
}

// Kill ends the connection at once; the reader learns of it and leaves.
func (p *Peer[M]) Kill() { p.TCP.Abort() }

// Withdraw takes the peer out of its topic.
func (p *Peer[M]) Withdraw() {
	if p.Out != nil {
		p.Out.Close()
		p.topic.Leave(p)
	}
}

// Every calls beat after each period, until beat returns false or stop is called. It runs in a goroutine that lasts no
// longer than the call: an idle connection has no other than its reader.
func Every(period time.Duration, beat func() bool) (stop func() bool) {
	var timer *time.Timer
	timer = time.AfterFunc(time.Hour, func() {
		if beat() {
			timer.Reset(period)
		}
	})
	// Only now may it come to the first beat, which needs timer.
	timer.Reset(period)
	return timer.Stop
}
