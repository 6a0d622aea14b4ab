package main

import (
	"errors"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/server"
)

func refuse(c config.Config) error {
	if c.DeflateLevel > 0 && c.DeflateContextTakeover {
		return errors.New("deflateContextTakeover is true; wanted: false, since gorilla/websocket always negotiates no context takeover, both ways")
	}
	return nil
}

// newUpgrade makes the function that turns a request into a session of two goroutines.
func newUpgrade(s *server.Server) (func(http.ResponseWriter, *http.Request, server.Offer) error, error) {
	rooms := &server.Rooms[message]{}
	upgrader := websocket.Upgrader{
		// The pool lends a write buffer for the time of a write, so that an idle connection has none.
		WriteBufferPool:   &sync.Pool{},
		EnableCompression: s.Config.DeflateLevel > 0,
		// The gate has checked the origin against the list.
		CheckOrigin: func(*http.Request) bool { return true },
	}
	return func(w http.ResponseWriter, r *http.Request, offer server.Offer) error {
		c := &session{
			server:  s,
			out:     outbox.New[message](s.Config.MaxBufferedBytes),
			tcp:     server.Conn(r),
			written: make(chan struct{}),
			ended:   make(chan struct{}),
		}
		if offer.Room != "" {
			// Before the client can know that it is in, so that it misses nothing from then on.
			c.room = rooms.Join(offer.Room, c)
			c.leaveRoom = func() { rooms.Leave(offer.Room, c) }
		}
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			if c.leaveRoom != nil {
				c.leaveRoom()
			}
			return err
		}
		c.ws = ws
		if s.Config.DeflateLevel > 0 {
			_ = ws.SetCompressionLevel(s.Config.DeflateLevel)
		}
		s.Join(c)
		// Both in goroutines of their own, so that the handler returns and net/http's memory is freed.
		go c.write()
		go c.read()
		if offer.PushPeriod > 0 {
			go offer.Push(c.ended, func(text []byte) bool { return c.offer(message{kind: websocket.TextMessage, data: text}) })
		}
		return nil
	}, nil
}
