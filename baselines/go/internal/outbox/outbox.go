// Package outbox is a queue of messages for one peer, bounded in bytes. An empty one keeps almost no memory.
package outbox

import (
	"sync"
	"time"
)

// Outbox is a queue of messages T for one connection, between any number of producers and one writer.
type Outbox[T any] struct {
	// wake has an item when there is something for the writer to take.
	wake chan struct{}

	mu    sync.Mutex
	sent  sync.Cond
	limit int
	queue []T
	bytes int
	// taken is the bytes that are being written; they still count against the limit.
	taken int
	// How many items were ever queued, taken by the writer, and written.
	queued, took, done int
	// closed: nothing more is queued. ended: nothing more is written.
	closed, ended bool
}

// keep is how many items of memory an empty outbox may keep.
const keep = 4

// New makes an outbox that holds at most limit bytes, or one message that alone is larger.
func New[T any](limit int) *Outbox[T] {
	o := &Outbox[T]{wake: make(chan struct{}, 1), limit: limit}
	o.sent.L = &o.mu
	return o
}

// Offer queues item if there is room for size bytes now; an item of no bytes, such as a close frame, always has room.
// full is true without room, ok is false when the item was not queued.
func (o *Outbox[T]) Offer(item T, size int) (ok, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return false, false
	case size > 0 && o.bytes > 0 && o.bytes+size > o.limit:
		return false, true
	}
	o.queue = append(o.queue, item)
	o.queued++
	o.bytes += size
	o.wakeWriter()
	return true, false
}

// Flush waits until everything queued before it is written, or the writer has ended, and tells for how long.
func (o *Outbox[T]) Flush() (waited time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended || o.done == o.queued {
		return 0
	}
	start := time.Now()
	for last := o.queued; !o.ended && o.done < last; {
		o.sent.Wait()
	}
	return time.Since(start)
}

// Send is the writer. It gives each item to write, until the outbox is closed and empty or write fails; then it closes the
// outbox and returns the error.
func (o *Outbox[T]) Send(write func(T) error) error {
	return o.SendAll(func(batch []T) error {
		for _, item := range batch {
			if err := write(item); err != nil {
				return err
			}
		}
		return nil
	})
}

// SendAll is a writer that takes all that waits at once. It may not keep the batch.
func (o *Outbox[T]) SendAll(write func([]T) error) error {
	defer o.end()
	var batch []T
	for range o.wake {
		for {
			var closed bool
			if batch, closed = o.take(batch); len(batch) == 0 {
				if closed {
					return nil
				}
				break
			}
			if err := write(batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close refuses further items. What is queued is still written.
func (o *Outbox[T]) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.wakeWriter()
}

func (o *Outbox[T]) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed, o.ended = true, true
	o.sent.Broadcast()
}

// Closed tells whether Offer refuses everything.
func (o *Outbox[T]) Closed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed
}

// take moves the queue to the writer, which reuses the memory of into.
func (o *Outbox[T]) take(into []T) (items []T, closed bool) {
	clear(into)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= o.taken
	o.taken = o.bytes
	o.done, o.took = o.took, o.queued
	items, o.queue = o.queue, into[:0]
	if len(items) == 0 && cap(into) > keep {
		o.queue = nil
	}
	o.sent.Broadcast()
	return items, o.closed
}

func (o *Outbox[T]) wakeWriter() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
