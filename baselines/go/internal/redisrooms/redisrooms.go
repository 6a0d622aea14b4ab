// Package redisrooms carries what members send to rooms of other instances, by Redis Pub/Sub: one channel for each room,
// ws-arena:room:NAME, to which an instance is subscribed while it has a member. A message is one byte, 1 for text and 2 for
// binary, and the payload. The publisher hears its own by way of Redis too, so that all members see one order.
//
// Redis may be away at any time: then what is sent to a room is not taken, and counted, and it goes on by itself. docs/rooms.md
// is the same for the servers in TypeScript.
package redisrooms

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"ws-arena/baselines/internal/outbox"
)

const (
	channelPrefix = "ws-arena:room:"
	kindText      = 1
	kindBinary    = 2

	// retry is the pause before Redis is asked again.
	retry = 100 * time.Millisecond
	// settle is by when every instance has found a Redis that came back; what was published before would miss some.
	settle = 3 * retry
	// pingPeriod is how often Redis is asked for a sign of life; without one for silence it counts as away.
	pingPeriod = 3 * time.Second
	silence    = 10 * time.Second
	// replyWait is how long Redis may take to connect or to answer.
	replyWait = time.Second
	// maxPendingBytes may wait for Redis to take them.
	maxPendingBytes = 64 << 20
)

// Hear is given each message of a room that has a member here, in Redis' order.
type Hear func(room string, binary bool, data []byte)

// Rooms is one instance's connection to Redis.
type Rooms struct {
	client     *redis.Client
	subscriber *redis.PubSub
	pending    *outbox.Outbox[publication]
	lost       atomic.Int64
	// back is since when Redis is there, and heard when it last said something, in Unix nanoseconds. back is 0 while it is away.
	back, heard atomic.Int64

	mu sync.Mutex
	// followed are the rooms with a member here. Each has a channel that is closed once Redis has confirmed it.
	followed map[string]*confirmation
	// changed are the rooms that Redis has to be told of.
	changed map[string]struct{}
	wake    chan struct{}
}

type publication struct {
	channel  string
	envelope []byte
}

type confirmation struct {
	once sync.Once
	done chan struct{}
}

// New is the carrier by the Redis at url. An error says that url is none.
func New(url string) (*Rooms, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		// Its text has the password.
		return nil, errors.New("redisUrl cannot be read; wanted: redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]")
	}
	// A message that is sent again could come twice.
	options.MaxRetries, options.DialerRetries = -1, 1
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = replyWait, replyWait, replyWait
	logging.Disable()
	client := redis.NewClient(options)
	return &Rooms{
		client:     client,
		subscriber: client.Subscribe(context.Background()),
		pending:    outbox.New[publication](maxPendingBytes),
		followed:   map[string]*confirmation{},
		changed:    map[string]struct{}{},
		wake:       make(chan struct{}, 1),
	}, nil
}

// Start connects and has what comes heard. Redis does not have to be there yet.
func (r *Rooms) Start(hear Hear) {
	if r.subscriber.Ping(context.Background()) == nil {
		r.back.Store(1)
	}
	go r.receive(hear)
	go r.subscribe()
	go func() { _ = r.pending.SendAll(r.send) }()
}

// Up tells whether what is published now reaches every instance.
func (r *Rooms) Up() bool {
	back := r.back.Load()
	return back != 0 && time.Now().UnixNano()-back >= int64(settle)
}

// Lost is how many messages were given up.
func (r *Rooms) Lost() int64 { return r.lost.Load() }

// Publish sends a message to the members of a room on all instances, without waiting. It is false, and the message counts
// as lost, where Redis is away or too much waits for it.
func (r *Rooms) Publish(room string, binary bool, data []byte) bool {
	envelope := make([]byte, 1, 1+len(data))
	envelope[0] = kindText
	if binary {
		envelope[0] = kindBinary
	}
	message := publication{channelPrefix + room, append(envelope, data...)}
	taken := false
	if r.Up() {
		taken, _ = r.pending.Offer(message, len(message.envelope))
	}
	if !taken {
		r.lost.Add(1)
	}
	return taken
}

// send publishes what has come since the last time, in one pipeline.
func (r *Rooms) send(batch []publication) error {
	pipeline := r.client.Pipeline()
	for _, message := range batch {
		pipeline.Publish(context.Background(), message.channel, message.envelope)
	}
	replies, _ := pipeline.Exec(context.Background())
	for _, reply := range replies {
		// This instance itself is among the receivers, unless Redis has just come back.
		if receivers, err := reply.(*redis.IntCmd).Result(); err != nil || receivers == 0 {
			r.lost.Add(1)
		}
	}
	return nil
}

// Follow has the messages of a room heard. It waits until Redis has confirmed that, if it is there.
func (r *Rooms) Follow(room string) {
	r.mu.Lock()
	c := r.followed[room]
	if c == nil {
		c = &confirmation{done: make(chan struct{})}
		r.followed[room] = c
		r.change(room)
	}
	r.mu.Unlock()
	if r.back.Load() == 0 {
		return
	}
	select {
	case <-c.done:
	case <-time.After(replyWait):
	}
}

// Unfollow ends that. It does not block.
func (r *Rooms) Unfollow(room string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.followed, room)
	r.change(room)
}

func (r *Rooms) change(room string) {
	r.changed[room] = struct{}{}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// subscribe tells Redis of the rooms that have changed. The client keeps the list, and has Redis hear it again after each
// new connection.
func (r *Rooms) subscribe() {
	for pings := time.NewTicker(pingPeriod); ; {
		select {
		case <-pings.C:
			_ = r.subscriber.Ping(context.Background())
			if time.Now().UnixNano()-r.heard.Load() > int64(silence) {
				r.back.Store(0)
			}
		case <-r.wake:
			follow, unfollow := r.changes()
			if len(unfollow) > 0 {
				_ = r.subscriber.Unsubscribe(context.Background(), unfollow...)
			}
			if len(follow) > 0 {
				_ = r.subscriber.Subscribe(context.Background(), follow...)
			}
		}
	}
}

func (r *Rooms) changes() (follow, unfollow []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for room := range r.changed {
		if r.followed[room] != nil {
			follow = append(follow, channelPrefix+room)
		} else {
			unfollow = append(unfollow, channelPrefix+room)
		}
	}
	clear(r.changed)
	return follow, unfollow
}

func (r *Rooms) receive(hear Hear) {
	for {
		received, err := r.subscriber.Receive(context.Background())
		if err != nil {
			r.back.Store(0)
			time.Sleep(retry)
			// The client connects again by itself. The answer to a ping tells that it has.
			_ = r.subscriber.Ping(context.Background())
			continue
		}
		now := time.Now().UnixNano()
		r.heard.Store(now)
		r.back.CompareAndSwap(0, now)
		switch received := received.(type) {
		case *redis.Message:
			if text := received.Payload; text != "" {
				hear(strings.TrimPrefix(received.Channel, channelPrefix), text[0] == kindBinary, []byte(text[1:]))
			}
		case *redis.Subscription:
			if received.Kind == "subscribe" {
				r.confirmed(strings.TrimPrefix(received.Channel, channelPrefix))
			}
		}
	}
}

func (r *Rooms) confirmed(room string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.followed[room]; c != nil {
		c.once.Do(func() { close(c.done) })
	}
}
