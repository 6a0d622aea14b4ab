package server

import (
	"bytes"
	"net/http"
	"time"

	"ws-arena/baselines/internal/tokens"
)

// Close codes that a server chooses: of RFC 6455, and of IANA's registry for tokens.
const (
	goingAway    = 1001
	unauthorized = 3000
	forbidden    = 3003
)

var bearer = []byte("Bearer ")

// Refresh tells whether the text of a message is Bearer TOKEN, a new token and no message: the session stays until that
// expires, or ends if it is no good. Where no token is asked for, every text is a message.
func (s *Server) Refresh(session Session, text []byte) bool {
	if s.check == nil || len(text) > len(bearer)+tokens.MaxBytes || !bytes.HasPrefix(text, bearer) {
		return false
	}
	header := http.Header{"Authorization": {string(text)}}
	// The check may have to wait for the issuer.
	go func() {
		switch verdict := s.check(header); verdict.Status {
		case http.StatusOK:
			s.extend(session, verdict.Until)
		case http.StatusForbidden:
			s.end(session, forbidden)
		case http.StatusUnauthorized:
			s.end(session, unauthorized)
		}
		// While nobody can tell, the old token counts.
	}()
	return true
}

func (s *Server) extend(session Session, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// One that has fired has ended the session.
	if expiry := s.sessions[session]; expiry != nil && expiry.Stop() {
		expiry.Reset(time.Until(until))
	}
}

// end closes a session with a code. A peer that does not close then, within writeWait, is cut off.
func (s *Server) end(session Session, code int) {
	session.Finish(code)
	time.AfterFunc(s.Config.WriteWait(), session.Kill)
}
