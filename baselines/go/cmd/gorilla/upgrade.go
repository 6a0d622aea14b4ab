package main

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/server"
)

// newUpgrade makes the function that turns a request into a session.
func newUpgrade(s *server.Server) (server.Upgrade, error) {
	upgrader := websocket.Upgrader{
		// The pool lends a write buffer for the time of a write, so that an idle connection has none.
		WriteBufferPool:   &sync.Pool{},
		EnableCompression: s.Config.DeflateLevel > 0,
		// The gate has checked the origin against the list.
		CheckOrigin: func(*http.Request) bool { return true },
	}
	topics := server.NewTopics(func(text []byte) message { return newMessage(websocket.TextMessage, text) })
	return func(w http.ResponseWriter, r *http.Request, workload server.Workload) error {
		c := &session{Peer: server.NewPeer(s, r, workload, topics)}
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			c.Withdraw()
			return err
		}
		c.ws = ws
		c.start()
		return nil
	}, nil
}
