package server

import "sync"

// Member of a room takes a message M without blocking.
type Member[M any] interface{ Deliver(message M) }

// Rooms are named groups; the zero value has none. M is what the library sends to many at the cost of one.
type Rooms[M any] struct {
	mu    sync.Mutex
	rooms map[string]*Room[M]
}

// Room is one group. Its members get every message once, all in the same order.
type Room[M any] struct {
	mu      sync.Mutex
	members map[Member[M]]struct{}
}

// Join puts member into the room of that name, which is made if there is none.
func (r *Rooms[M]) Join(name string, member Member[M]) *Room[M] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rooms == nil {
		r.rooms = map[string]*Room[M]{}
	}
	room := r.rooms[name]
	if room == nil {
		room = &Room[M]{members: map[Member[M]]struct{}{}}
		r.rooms[name] = room
	}
	room.mu.Lock()
	defer room.mu.Unlock()
	room.members[member] = struct{}{}
	return room
}

// Leave takes member out; a room without members is forgotten.
func (r *Rooms[M]) Leave(name string, member Member[M]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.rooms[name]
	if room == nil {
		return
	}
	room.mu.Lock()
	defer room.mu.Unlock()
	delete(room.members, member)
	if len(room.members) == 0 {
		delete(r.rooms, name)
	}
}

// Broadcast delivers message to every member, its sender included.
func (r *Room[M]) Broadcast(message M) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for member := range r.members {
		member.Deliver(message)
	}
}
