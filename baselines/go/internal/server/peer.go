package server

import (
	"net/http"
	"sync/atomic"
	"time"

	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/tcp"
)

// Ending is the close code with which a connection ends, as its client sees it. The first code counts.
type Ending struct{ code atomic.Int32 }

// Abnormal is the code of an end without a close frame (RFC 6455 section 7.1.5).
const Abnormal = 1006

// Set sets the code; false if there is one already.
func (e *Ending) Set(code int) bool { return e.code.CompareAndSwap(0, int32(code)) }

// Code is the first code that was set; Abnormal without one.
func (e *Ending) Code() int {
	if code := e.code.Load(); code != 0 {
		return int(code)
	}
	return Abnormal
}

// Sized is a message that knows its payload in bytes, uncompressed.
type Sized interface{ Size() int }

// Peer is what a session of gorilla or coder is besides its library's connection: the TCP connection, the topic, the
// outbox and the close code. M is a message to the members of a topic.
type Peer[M Sized] struct {
	Ending
	Admission
	Server *Server
	TCP    *tcp.Conn
	// Out is what waits for a member of a topic; nil for an echo, which is written by the goroutine that reads.
	Out   *outbox.Outbox[M]
	topic *Topic[M]
}

// NewPeer is the client of r. It joins its topic before the upgrade is answered: once the client knows, it misses nothing.
func NewPeer[M Sized](s *Server, r *http.Request, admission Admission, topics *Topics[M]) *Peer[M] {
	p := &Peer[M]{Server: s, TCP: Conn(r), Admission: admission}
	if p.Topic != "" {
		p.Out = outbox.New[M](s.Config.MaxBufferedBytes)
		p.topic = topics.Join(p.Workload, p)
	}
	return p
}

// Deliver queues a message of the topic. A member without room for it is cut off: nothing is dropped in silence.
func (p *Peer[M]) Deliver(m M) {
	if _, full := p.Out.Offer(m, m.Size()); full {
		p.Cut("buffer_full")
	}
}

// Broadcast sends a message of this peer to its room and waits until it is written to the peer itself. So a peer that does
// not accept its own messages is not read, and no close frame for what it sent next overtakes them.
func (p *Peer[M]) Broadcast(binary bool, data []byte) (waited time.Duration) {
	if p.Out.Closed() {
		return 0
	}
	p.Server.Metrics.Received(len(data))
	p.topic.Broadcast(binary, data)
	return p.Out.Flush()
}

// Cut ends the connection at once, for one of the reasons in the metrics.
func (p *Peer[M]) Cut(reason string) {
	if p.Set(Abnormal) {
		p.Server.Metrics.Cut(reason)
	}
	p.Kill()
}

// Kill ends the connection at once. Its reading goroutine gets an error and leaves.
func (p *Peer[M]) Kill() { p.TCP.Abort() }

// Withdraw takes the peer out of its topic.
func (p *Peer[M]) Withdraw() {
	if p.Out != nil {
		p.Out.Close()
		p.topic.Leave(p)
	}
}

// Every calls beat after each period until beat returns false or stop is called. It takes a goroutine only while beat
// runs, so an idle connection has one goroutine, which reads.
func Every(period time.Duration, beat func() bool) (stop func() bool) {
	var timer *time.Timer
	timer = time.AfterFunc(time.Hour, func() {
		if beat() {
			timer.Reset(period)
		}
	})
	// The first beat needs timer, so it is not due before this.
	timer.Reset(period)
	return timer.Stop
}
