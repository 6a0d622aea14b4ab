package main

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/outbox"
	"ws-arena/baselines/internal/server"
)

// newUpgrade makes the function that turns a request into a session.
func newUpgrade(s *server.Server) (func(http.ResponseWriter, *http.Request, server.Offer) error, error) {
	rooms := &server.Rooms[message]{}
	accept := websocket.AcceptOptions{
		// The gate has checked the origin against the list.
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
		// 0 means the library's own threshold to it, so 1 stands for none.
		CompressionThreshold: max(1, s.Config.DeflateThresholdBytes),
	}
	if s.Config.DeflateLevel > 0 {
		accept.CompressionMode = websocket.CompressionNoContextTakeover
		if s.Config.DeflateContextTakeover {
			accept.CompressionMode = websocket.CompressionContextTakeover
		}
	}
	return func(w http.ResponseWriter, r *http.Request, offer server.Offer) error {
		c := &session{server: s, tcp: server.Conn(r)}
		if offer.Room != "" || offer.PushPeriod > 0 {
			c.out = outbox.New[message](s.Config.MaxBufferedBytes)
		}
		if offer.Room != "" {
			// Before the client can know that it is in, so that it misses nothing from then on.
			c.room = rooms.Join(offer.Room, c)
			c.leaveRoom = func() { rooms.Leave(offer.Room, c) }
		}
		options := accept
		options.OnPongReceived = c.ponged
		ws, err := websocket.Accept(w, r, &options)
		if err != nil {
			if c.leaveRoom != nil {
				c.leaveRoom()
			}
			return err
		}
		ws.SetReadLimit(int64(s.Config.ReadLimitBytes))
		c.ws = ws
		c.ponged(r.Context(), nil)
		c.tcp.BeGentle()
		c.context, c.end = context.WithCancel(context.Background())
		if c.out != nil {
			go c.write()
		}
		s.Join(c)
		go c.keepAlive()
		go c.read()
		if offer.PushPeriod > 0 {
			go offer.Push(c.context.Done(), func(text []byte) bool { return c.offer(message{websocket.MessageText, text}) })
		}
		return nil
	}, nil
}
