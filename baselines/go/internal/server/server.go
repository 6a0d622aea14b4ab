// Package server is what the three baselines have in common: process, HTTP, the gate before an upgrade, rooms, push
// and drain. A library brings its own upgrade, reading and writing.
package server

import (
	"net/http"
	"slices"
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
}

// Server is the state of one process.
type Server struct {
	Config  config.Config
	Metrics metrics.Metrics

	upgrade  func(http.ResponseWriter, *http.Request, Offer) error
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

// Leave takes an ended connection off the books; code is its close code, 1006 when there was none.
func (s *Server) Leave(session Session, code int) {
	s.Metrics.Connections.Add(-1)
	s.Metrics.Closed(code)
	s.slots.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	if s.draining && len(s.sessions) == 0 {
		close(s.empty)
		s.draining = false
	}
}

// ServeHTTP routes: /healthz, /metrics, and the configured path behind the gate.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case s.Config.Path:
		s.gate(w, r)
	case "/healthz":
		_, _ = w.Write([]byte("ok\n"))
	case "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.Metrics.Write(w)
	default:
		s.reject(w, http.StatusNotFound, "no such path")
	}
}

func (s *Server) gate(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if allowed := s.Config.OriginAllowList; len(allowed) > 0 && !slices.Contains(allowed, origin) {
		s.reject(w, http.StatusForbidden, "origin not allowed")
		return
	}
	offer, err := parseOffer(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if most := s.Config.MaxConnections; s.slots.Add(1) > int64(most) && most > 0 {
		s.slots.Add(-1)
		s.reject(w, http.StatusServiceUnavailable, "too many connections")
		return
	}
	if err := s.upgrade(w, r, offer); err != nil {
		s.slots.Add(-1)
	}
}

func (s *Server) reject(w http.ResponseWriter, status int, why string) {
	s.Metrics.Rejected(status)
	// The client of a refused upgrade has no use for the connection.
	w.Header().Set("Connection", "close")
	http.Error(w, why, status)
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
