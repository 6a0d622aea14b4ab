// Package metrics keeps the counters of packages/server-interface/src/metric-names.ts and serves them as Prometheus text.
// A message costs two atomic adds.
package metrics

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Metrics are the counters of one process. The zero value is ready for use.
type Metrics struct {
	// Connections is the number of open WebSocket connections.
	Connections atomic.Int64

	// Redis carries the rooms; nil where they are of this instance alone.
	Redis Redis

	received, sent direction
	closes         labelled[string]
	cuts           labelled[string]
	rejects        labelled[int]
}

// Redis is what carries rooms to other instances: whether it is there, and how many messages it did not take.
type Redis interface {
	Up() bool
	Lost() int64
}

// direction is padded to a cache line: readers and writers run on different cores.
type direction struct {
	messages, bytes atomic.Int64
	_               [48]byte
}

// Received counts a message of n payload bytes, uncompressed, that came in whole.
func (m *Metrics) Received(n int) { m.received.add(n) }

// Sent counts a message of n payload bytes, uncompressed, that was handed to the kernel.
func (m *Metrics) Sent(n int) { m.sent.add(n) }

// Closed counts an ended connection by close code; 1006 when there was none.
func (m *Metrics) Closed(code int) { m.closes.add(codeLabel(code)) }

// codeLabel is the label of a close code by the rule of packages/server-interface. Clients choose codes, and must not choose how
// many series there are: codes that are not registered share the label of their range.
func codeLabel(code int) string {
	switch {
	case code >= 1000 && code <= 1014 && code != 1004, code == 3000, code == 3003, code == 3008:
		return strconv.Itoa(code)
	case code >= 3000 && code <= 3999:
		return "3xxx"
	case code >= 4000 && code <= 4999:
		return "4xxx"
	}
	return "other"
}

// Cut counts a connection that the server cut off: pong_wait, write_wait or buffer_full.
func (m *Metrics) Cut(reason string) { m.cuts.add(reason) }

// Rejected counts an upgrade request refused with an HTTP status.
func (m *Metrics) Rejected(status int) { m.rejects.add(status) }

func (d *direction) add(n int) {
	d.messages.Add(1)
	d.bytes.Add(int64(n))
}

type labelled[K int | string] struct {
	mu     sync.Mutex
	counts map[K]int64
}

func (l *labelled[K]) add(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[K]int64{}
	}
	l.counts[key]++
}

func (l *labelled[K]) write(w io.Writer, name, label, help string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	head(w, name, "counter", help)
	for _, key := range slices.Sorted(maps.Keys(l.counts)) {
		fmt.Fprintf(w, "%s{%s=\"%v\"} %d\n", name, label, key, l.counts[key])
	}
}

// Write writes all metrics in the Prometheus text format 0.0.4.
func (m *Metrics) Write(w io.Writer) {
	head(w, "ws_connections", "gauge", "Open WebSocket connections")
	fmt.Fprintf(w, "ws_connections %d\n", m.Connections.Load())
	head(w, "ws_messages_total", "counter", "Messages, by direction (received, sent)")
	both(w, "ws_messages_total", m.received.messages.Load(), m.sent.messages.Load())
	head(w, "ws_message_bytes_total", "counter", "Payload bytes of messages, uncompressed, by direction (received, sent)")
	both(w, "ws_message_bytes_total", m.received.bytes.Load(), m.sent.bytes.Load())
	m.closes.write(w, "ws_closes_total", "code", "Ended connections, by the close code that the client saw (1006 when there was none; 3xxx, 4xxx and other for codes that are not registered)")
	m.cuts.write(w, "ws_cuts_total", "reason", "Connections that the server cut off, by reason (pong_wait, write_wait, buffer_full)")
	m.rejects.write(w, "ws_rejected_upgrades_total", "status", "Upgrade requests refused, by HTTP status (400, 401, 403, 404, 503)")
	if m.Redis != nil {
		up := 0
		if m.Redis.Up() {
			up = 1
		}
		head(w, "ws_redis_up", "gauge", "1 while Redis carries what is sent to rooms, 0 while it is away; only with redisUrl")
		fmt.Fprintf(w, "ws_redis_up %d\n", up)
		head(w, "ws_redis_lost_total", "counter", "Messages to rooms that were given up because Redis was away or too slow; only with redisUrl")
		fmt.Fprintf(w, "ws_redis_lost_total %d\n", m.Redis.Lost())
	}
	head(w, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.")
	fmt.Fprintf(w, "process_resident_memory_bytes %d\n", residentBytes())
	head(w, "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.")
	fmt.Fprintf(w, "process_cpu_seconds_total %.6f\n", cpuTime().Seconds())
}

func head(w io.Writer, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func both(w io.Writer, name string, received, sent int64) {
	fmt.Fprintf(w, "%s{direction=\"received\"} %d\n%s{direction=\"sent\"} %d\n", name, received, name, sent)
}
