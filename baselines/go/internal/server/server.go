// Package server is what the three baselines have in common: process, HTTP, the gate before an upgrade, rooms, push
// and drain. A library brings its own upgrade, reading and writing.
package server

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/metrics"
)

// Session is one open connection.
type Session interface {
	// Drain sends what was accepted and then 1001, and does not block.
	Drain()
	// Kill ends the connection at once.
	Kill()
	// Code is its close code once it has ended, 1006 when there was none.
	Code() int
}

// Upgrade answers an upgrade request and starts the session. Its error means that no session was started and that the
// client was answered.
type Upgrade func(http.ResponseWriter, *http.Request, Workload) error

// Server is the state of one process.
type Server struct {
	Config  config.Config
	Metrics metrics.Metrics

	upgrade  Upgrade
	slots    atomic.Int64
	mu       sync.Mutex
	sessions map[Session]struct{}
	draining bool
	empty    chan struct{}
}

// Join registers an open connection; one that comes after the drain began is drained at once.
func (s *Server) Join(session Session) {
	s.Metrics.Connections.Add(1)
	s.mu.Lock()
	s.sessions[session] = struct{}{}
	draining := s.draining
	s.mu.Unlock()
	if draining {
		session.Drain()
	}
}

// Leave takes an ended connection off the books.
func (s *Server) Leave(session Session) {
	s.Metrics.Connections.Add(-1)
	s.Metrics.Closed(session.Code())
	s.slots.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	if s.draining && len(s.sessions) == 0 {
		close(s.empty)
		s.draining = false
	}
}

// ServeHTTP serves /healthz, /metrics, and the configured path behind the gate. What is asked for is compared as it
// came, without decoding, as the other servers do.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	switch {
	case path == s.Config.Path || r.Header.Get("Upgrade") != "":
		s.gate(w, r, path, query)
	case path == "/healthz":
		_, _ = w.Write([]byte("ok\n"))
	case path == "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.Metrics.Write(w)
	default:
		http.Error(w, "no such path", http.StatusNotFound)
	}
}

// gate lets an upgrade request through to the library, and counts the one that is refused, whoever refuses it.
func (s *Server) gate(w http.ResponseWriter, r *http.Request, path, query string) {
	answer := &answer{ResponseWriter: w}
	workload, refused := s.admit(path, query, r.Header.Get("Origin"))
	if refused != nil {
		s.Metrics.Rejected(refused.status)
		http.Error(answer, refused.sentence, refused.status)
		return
	}
	if most := s.Config.MaxConnections; s.slots.Add(1) > int64(most) && most > 0 {
		s.slots.Add(-1)
		s.Metrics.Rejected(http.StatusServiceUnavailable)
		http.Error(answer, fmt.Sprintf("all %d connections are taken", most), http.StatusServiceUnavailable)
		return
	}
	if err := s.upgrade(answer, r, workload); err != nil {
		s.slots.Add(-1)
		s.Metrics.Rejected(answer.statusOf(err))
	}
}

// answer is the response to an upgrade request, and notes the status with which a library refuses.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader adds what a refusal needs: its client has no use for the connection, and may have got the version wrong.
func (a *answer) WriteHeader(status int) {
	a.status = status
	if status >= http.StatusBadRequest {
		a.Header().Set("Connection", "close")
	}
	if status == http.StatusBadRequest {
		a.Header().Set("Sec-WebSocket-Version", "13")
	}
	a.ResponseWriter.WriteHeader(status)
}

// Hijack is for the libraries, which want an http.Hijacker.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// statusOf is the status of a library's refusal: gobwas/ws, which writes it past the ResponseWriter, tells it by its
// error. It is 400 where nothing could be answered any more.
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

// drain ends every session with 1001, and what is left after most of the grace without one.
func (s *Server) drain(grace time.Duration) {
	s.mu.Lock()
	if len(s.sessions) == 0 {
		s.mu.Unlock()
		return
	}
	s.draining = true
	open := make([]Session, 0, len(s.sessions))
	for session := range s.sessions {
		open = append(open, session)
	}
	s.mu.Unlock()
	for _, session := range open {
		session.Drain()
	}
	select {
	case <-s.empty:
	case <-time.After(grace - min(grace/5, 500*time.Millisecond)):
		s.mu.Lock()
		defer s.mu.Unlock()
		for session := range s.sessions {
			go session.Kill()
		}
	}
}
