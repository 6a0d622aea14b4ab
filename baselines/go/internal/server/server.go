// Package server is what the baselines share: process, HTTP, who may upgrade, rooms, pushes and the drain. Each command
// adds its library's upgrade, reading and writing.
package server

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/metrics"
	"ws-arena/baselines/internal/redisrooms"
	"ws-arena/baselines/internal/tokens"
)

// Session is one open connection.
type Session interface {
	// Finish sends everything accepted and then a close frame with code, and accepts nothing more. It does not block.
	Finish(code int)
	// Kill ends the connection at once.
	Kill()
	// Code is the close code that the client saw, Abnormal without one. It is final once the session has ended.
	Code() int
}

// Upgrade answers an upgrade request and starts the session. After an error there is no session, and the client has its
// answer.
type Upgrade func(http.ResponseWriter, *http.Request, Admission) error

// Admission is what an upgrade request is let in for.
type Admission struct {
	Workload
	// Until is when the client's token expires; zero where no token is asked for.
	Until time.Time
}

// Subprotocol is what a client names that brings its token as one. Some close the connection if the answer does not.
const Subprotocol = "bearer"

// Server is the state of one process.
type Server struct {
	Config  config.Config
	Metrics metrics.Metrics

	upgrade Upgrade
	// check is nil where no token is asked for.
	check tokens.Check
	// redis carries rooms to other instances; nil where there is but this one.
	redis *redisrooms.Rooms
	// slots is the number of connections that are open or about to be.
	slots atomic.Int64
	// closed is true from SIGTERM on: /healthz and upgrades get 503.
	closed atomic.Bool

	mu sync.Mutex
	// sessions are the open ones, each with the timer that ends it with its token; nil where it has none.
	sessions map[Session]*time.Timer
	// draining is true until the last session has left; then empty is closed.
	draining bool
	empty    chan struct{}
}

// Join counts an open connection, and ends it at until. While the server drains, it ends at once.
func (s *Server) Join(session Session, until time.Time) {
	s.Metrics.Connections.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	var expiry *time.Timer
	if !until.IsZero() {
		expiry = time.AfterFunc(time.Until(until), func() { s.end(session, unauthorized) })
	}
	s.sessions[session] = expiry
	if s.draining {
		session.Finish(goingAway)
	}
}

// Leave counts an ended connection.
func (s *Server) Leave(session Session) {
	s.Metrics.Connections.Add(-1)
	s.Metrics.Closed(session.Code())
	s.slots.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if expiry := s.sessions[session]; expiry != nil {
		expiry.Stop()
	}
	delete(s.sessions, session)
	if s.draining && len(s.sessions) == 0 {
		close(s.empty)
		s.draining = false
	}
}

// ServeHTTP serves upgrade requests, /healthz and /metrics. The path is compared without decoding it, as on the other
// servers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	switch {
	case path == s.Config.Path || r.Header.Get("Upgrade") != "":
		s.handshake(w, r, path, query)
	case path == "/healthz" && s.closed.Load():
		w.Header().Set("Connection", "close")
		http.Error(w, "draining", http.StatusServiceUnavailable)
	case path == "/healthz":
		_, _ = w.Write([]byte("ok\n"))
	case path == "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.Metrics.Write(w)
	default:
		http.Error(w, "no such path", http.StatusNotFound)
	}
}

// handshake answers an upgrade request, by the library if it is admitted. A refusal counts, whoever refuses.
func (s *Server) handshake(w http.ResponseWriter, r *http.Request, path, query string) {
	answer := &answer{ResponseWriter: w}
	workload, refused := s.admit(path, query, r.Header.Get("Origin"))
	admission := Admission{Workload: workload}
	if refused == nil && s.check != nil {
		verdict := s.check(r.Header)
		admission.Until = verdict.Until
		if verdict.Status != http.StatusOK {
			refused = &refusal{verdict.Status, verdict.Reason}
		}
	}
	// Only now it takes its place: meanwhile others may have taken the last one.
	if refused == nil {
		if refused = s.full(s.slots.Add(1) - 1); refused != nil {
			s.slots.Add(-1)
		}
	}
	if refused != nil {
		s.Metrics.Rejected(refused.status)
		http.Error(answer, refused.sentence, refused.status)
		return
	}
	if err := s.upgrade(answer, r, admission); err != nil {
		s.slots.Add(-1)
		s.Metrics.Rejected(answer.statusOf(err))
	}
}

// answer is the response to an upgrade request. It keeps the status of a library's refusal.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader ends the connection of a refused client, and says what a client may have wrong: its version or its token.
func (a *answer) WriteHeader(status int) {
	a.status = status
	if status >= http.StatusBadRequest {
		a.Header().Set("Connection", "close")
	}
	switch status {
	case http.StatusBadRequest:
		a.Header().Set("Sec-WebSocket-Version", "13")
	case http.StatusUnauthorized:
		// RFC 6750, 3.
		a.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	a.ResponseWriter.WriteHeader(status)
}

// Hijack makes it an http.Hijacker, as the libraries want it.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// statusOf is the status of a library's refusal. gobwas/ws writes past the ResponseWriter; its error has the status. It is
// 400 where no answer was possible.
func (a *answer) statusOf(err error) int {
	var rejected interface{ StatusCode() int }
	switch {
	case errors.As(err, &rejected):
		return rejected.StatusCode()
	case a.status >= http.StatusBadRequest:
		return a.status
	}
	return http.StatusBadRequest
}

// drain lets nobody in any more and ends the sessions with 1001, spread evenly over spread. When the last has been told it
// calls stopListening. Shortly before the end of the grace it cuts off those that are left.
func (s *Server) drain(spread, grace time.Duration, stopListening func()) {
	s.closed.Store(true)
	s.mu.Lock()
	open := make([]Session, 0, len(s.sessions))
	for session := range s.sessions {
		open = append(open, session)
	}
	s.draining = len(open) > 0
	s.mu.Unlock()
	start := time.Now()
	for i, session := range open {
		due := start.Add(spread * time.Duration(i) / time.Duration(len(open)))
		select {
		case <-s.empty:
		case <-time.After(time.Until(due)):
		}
		session.Finish(goingAway)
	}
	stopListening()
	if len(open) == 0 {
		return
	}
	select {
	case <-s.empty:
	case <-time.After(time.Until(start.Add(grace - min(grace/5, 500*time.Millisecond)))):
		s.mu.Lock()
		defer s.mu.Unlock()
		for session := range s.sessions {
			go session.Kill()
		}
	}
}
