// Package outbox is what waits in the server for one peer: a queue bounded in bytes that takes no memory while empty.
package outbox

import (
	"sync"
	"time"
)

// Outbox is a queue of messages T for one connection, between any number of producers and one writer.
type Outbox[T any] struct {
	// Wake has an item whenever there is something for the writer to Take.
	Wake chan struct{}

	mu     sync.Mutex
	space  sync.Cond
	limit  int
	queue  []T
	bytes  int
	taken  int
	closed bool
}

// keep is the most items whose memory an idle connection holds on to.
const keep = 4

// New makes an outbox that holds at most limit bytes, or one message that alone is larger.
func New[T any](limit int) *Outbox[T] {
	o := &Outbox[T]{Wake: make(chan struct{}, 1), limit: limit}
	o.space.L = &o.mu
	return o
}

// Put waits until size bytes have room and queues item; ok is false once the outbox is closed. waited is how long the
// producer stood still, so that it does not count its own standing still as the peer's silence.
func (o *Outbox[T]) Put(item T, size int) (ok bool, waited time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	waited = o.await(size)
	return o.add(item, size), waited
}

// Await waits until size bytes have room, or the outbox is closed, and tells for how long.
func (o *Outbox[T]) Await(size int) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.await(size)
}

// Offer queues item if size bytes have room now. ok is false when the item was not queued; full tells why.
func (o *Outbox[T]) Offer(item T, size int) (ok, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed && !o.fits(size) {
		return false, true
	}
	return o.add(item, size), false
}

// Take gives the writer all that waits, reusing into, and whether the outbox is closed: then this is the last of it.
// What was taken counts against the limit until the next Take, so a writer that wakes takes until nothing is left.
func (o *Outbox[T]) Take(into []T) (items []T, closed bool) {
	clear(into)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= o.taken
	o.taken = o.bytes
	items, o.queue = o.queue, into[:0]
	if len(items) == 0 && cap(into) > keep {
		o.queue = nil
	}
	o.space.Broadcast()
	return items, o.closed
}

// Close refuses further messages and wakes whoever waits; the writer still takes what was accepted.
func (o *Outbox[T]) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.space.Broadcast()
	o.wake()
}

func (o *Outbox[T]) await(size int) time.Duration {
	if o.closed || o.fits(size) {
		return 0
	}
	start := time.Now()
	for !o.closed && !o.fits(size) {
		o.space.Wait()
	}
	return time.Since(start)
}

func (o *Outbox[T]) fits(size int) bool { return o.bytes == 0 || o.bytes+size <= o.limit }

func (o *Outbox[T]) add(item T, size int) bool {
	if o.closed {
		return false
	}
	o.queue = append(o.queue, item)
	o.bytes += size
	o.wake()
	return true
}

func (o *Outbox[T]) wake() {
	select {
	case o.Wake <- struct{}{}:
	default:
	}
}
