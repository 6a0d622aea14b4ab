package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Workload is what the query of an upgrade request asks for; the zero value is an echo. The servers in TypeScript have the
// same rule in packages/lifecycle/src/admission.ts, and a test compares the two.
type Workload struct {
	// Topic is what its members share; only an echo has none.
	Topic string
	// PushPeriod and PushBytes are `?push=MS&bytes=N`; without a period the topic is a room.
	PushPeriod time.Duration
	PushBytes  int
}

// Room tells whether a member's messages go to all members, and not back to it alone.
func (w Workload) Room() bool { return w.Topic != "" && w.PushPeriod == 0 }

const roomPrefix = "room/"

// Bounds of `?push=MS`.
const minPushMs, maxPushMs = 10, 60_000

// refusal is an upgrade that is not granted: the HTTP status, and the sentence in its body.
type refusal struct {
	status   int
	sentence string
}

// admit decides on an upgrade request by its path, a drain, origin, query and the places that are free now.
func (s *Server) admit(path, query, origin string) (Workload, *refusal) {
	if path != s.Config.Path {
		return Workload{}, refuse(http.StatusNotFound, "nothing is served at %s; the path is %s", path, s.Config.Path)
	}
	if s.closed.Load() {
		return Workload{}, refuse(http.StatusServiceUnavailable, "the server is shutting down")
	}
	if allowed := s.Config.OriginAllowList; len(allowed) > 0 && !slices.Contains(allowed, origin) {
		if origin == "" {
			origin = "(none)"
		}
		return Workload{}, refuse(http.StatusForbidden, "origin %s is not allowed", origin)
	}
	workload, refused := workloadOf(query, s.Config.ReadLimitBytes)
	if refused == nil {
		refused = s.full(s.slots.Load())
	}
	return workload, refused
}

// full is the refusal of one more where so many places are taken; nil where one is free.
func (s *Server) full(taken int64) *refusal {
	if most := s.Config.MaxConnections; most > 0 && taken >= int64(most) {
		return refuse(http.StatusServiceUnavailable, "all %d connections are taken", most)
	}
	return nil
}

func workloadOf(query string, limit int) (Workload, *refusal) {
	room, isRoom := parameter(query, "room")
	push, isPush := parameter(query, "push")
	switch {
	case isRoom && isPush:
		return Workload{}, refuse(http.StatusBadRequest, "room and push exclude each other")
	case isRoom && room == "":
		return Workload{}, refuse(http.StatusBadRequest, "room is empty; wanted: a name")
	case isRoom:
		return Workload{Topic: roomPrefix + room}, nil
	case !isPush:
		return Workload{}, nil
	}
	period := wholeNumber(push)
	if period < minPushMs || period > maxPushMs {
		return Workload{}, refuse(http.StatusBadRequest, "push is %s; wanted: a period of %d to %d milliseconds", push, minPushMs, maxPushMs)
	}
	size := 0
	if asked, ok := parameter(query, "bytes"); ok {
		if size = wholeNumber(asked); size < 0 || size > limit {
			return Workload{}, refuse(http.StatusBadRequest, "bytes is %s; wanted: a whole number up to %d", asked, limit)
		}
	}
	return Workload{
		Topic:      fmt.Sprintf("push/%d/%d", period, size),
		PushPeriod: time.Duration(period) * time.Millisecond,
		PushBytes:  size,
	}, nil
}

func refuse(status int, sentence string, values ...any) *refusal {
	return &refusal{status, fmt.Sprintf(sentence, values...)}
}

// wholeNumber reads up to ten plain digits; -1 for anything else.
func wholeNumber(text string) int {
	if len(text) > 10 || strings.Trim(text, "0123456789") != "" {
		return -1
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// parameter is the first value of name in query, parsed as application/x-www-form-urlencoded by the URL Standard. net/url
// drops a pair with an incomplete escape or a semicolon, so a room of such a name would become an echo.
func parameter(query, name string) (value string, ok bool) {
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if unescape(key) == name {
			return unescape(value), true
		}
	}
	return "", false
}

func unescape(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '+' {
			c = ' '
		} else if c == '%' && i+2 < len(text) {
			if escaped, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				c, i = byte(escaped), i+2
			}
		}
		plain = append(plain, c)
	}
	return string(plain)
}
