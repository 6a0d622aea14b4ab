package server

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"ws-arena/baselines/internal/redisrooms"
)

// Member of a topic takes a message M without blocking.
type Member[M any] interface{ Deliver(message M) }

// Topics are the rooms and pushes of a process. M is a message that the library encodes once for all members.
type Topics[M any] struct {
	encode func(binary bool, data []byte) M
	// redis carries the rooms to other instances; nil where there is but this one.
	redis *redisrooms.Rooms

	mu     sync.Mutex
	topics map[string]*Topic[M]
}

// NewTopics makes an empty set. encode makes what is sent into a message.
func NewTopics[M any](s *Server, encode func(binary bool, data []byte) M) *Topics[M] {
	t := &Topics[M]{encode: encode, redis: s.redis, topics: map[string]*Topic[M]{}}
	if t.redis != nil {
		t.redis.Start(t.hear)
	}
	return t
}

// hear gives a message that came by Redis to the members that are here.
func (t *Topics[M]) hear(room string, binary bool, data []byte) {
	t.mu.Lock()
	topic := t.topics[roomPrefix+room]
	t.mu.Unlock()
	if topic != nil {
		topic.deliver(t.encode(binary, data))
	}
}

// Topic is one room or push. Its members get every message once, all in the same order. nil is a topic without members.
type Topic[M any] struct {
	all  *Topics[M]
	name string
	// room is its name for Redis; empty where that does not carry it.
	room string
	// done is closed when the last member has left.
	done chan struct{}

	mu      sync.Mutex
	members map[Member[M]]struct{}
}

// Join adds a member to the topic of its workload, which begins with the first member; nil for an echo.
func (t *Topics[M]) Join(workload Workload, member Member[M]) *Topic[M] {
	if workload.Topic == "" {
		return nil
	}
	topic := t.join(workload, member)
	if topic.room != "" {
		t.redis.Follow(topic.room)
	}
	return topic
}

func (t *Topics[M]) join(workload Workload, member Member[M]) *Topic[M] {
	t.mu.Lock()
	defer t.mu.Unlock()
	topic := t.topics[workload.Topic]
	if topic == nil {
		topic = &Topic[M]{all: t, name: workload.Topic, done: make(chan struct{}), members: map[Member[M]]struct{}{}}
		t.topics[workload.Topic] = topic
		if !workload.Room() {
			go topic.push(workload)
		} else if t.redis != nil {
			topic.room = strings.TrimPrefix(topic.name, roomPrefix)
		}
	}
	topic.mu.Lock()
	defer topic.mu.Unlock()
	topic.members[member] = struct{}{}
	return topic
}

// Leave removes a member. A topic ends with its last one.
func (t *Topic[M]) Leave(member Member[M]) {
	if t == nil {
		return
	}
	t.all.mu.Lock()
	defer t.all.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.members[member]; !ok {
		return
	}
	delete(t.members, member)
	if len(t.members) == 0 {
		delete(t.all.topics, t.name)
		close(t.done)
		if t.room != "" {
			t.all.redis.Unfollow(t.room)
		}
	}
}

// Broadcast sends what a member said to every member, itself included. Redis takes it to those on other instances too;
// while that is away, it reaches those that are here.
func (t *Topic[M]) Broadcast(binary bool, data []byte) {
	if t.room == "" || !t.all.redis.Publish(t.room, binary, data) {
		t.deliver(t.all.encode(binary, data))
	}
}

func (t *Topic[M]) deliver(message M) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for member := range t.members {
		member.Deliver(message)
	}
}

// push broadcasts a notification at each period until the topic ends.
func (t *Topic[M]) push(workload Workload) {
	ticker := time.NewTicker(workload.PushPeriod)
	defer ticker.Stop()
	for seq := int64(0); ; seq++ {
		select {
		case <-t.done:
			return
		case now := <-ticker.C:
			t.deliver(t.all.encode(false, notification(seq, now.UnixMilli(), workload.PushBytes)))
		}
	}
}

// notification is {"seq":0,"sentAt":1700000000000}. One shorter than size bytes gets a pad, and is at least as long.
func notification(seq, sentAtMs int64, size int) []byte {
	text := make([]byte, 0, max(size, 64))
	text = append(text, `{"seq":`...)
	text = strconv.AppendInt(text, seq, 10)
	text = append(text, `,"sentAt":`...)
	text = strconv.AppendInt(text, sentAtMs, 10)
	if len(text)+len(`}`) < size {
		padding := size - len(text) - len(`,"pad":""}`)
		text = append(text, `,"pad":"`...)
		for range padding {
			text = append(text, '.')
		}
		text = append(text, '"')
	}
	return append(text, '}')
}
