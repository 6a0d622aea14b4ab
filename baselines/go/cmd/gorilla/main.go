// Command gorilla keeps the contract with gorilla/websocket.
package main

import (
	"errors"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/server"
)

func main() {
	os.Exit(server.Run(server.Library{
		Target:  "gorilla",
		Module:  "github.com/gorilla/websocket",
		Refuse:  refuse,
		Upgrade: newUpgrade,
	}, os.Args[1:]))
}

func refuse(c config.Config) error {
	if c.DeflateLevel > 0 && c.DeflateContextTakeover {
		return errors.New("deflateContextTakeover is true; wanted: false, since gorilla/websocket always negotiates no context takeover, both ways")
	}
	return nil
}

func newUpgrade(s *server.Server) (server.Upgrade, error) {
	upgrader := websocket.Upgrader{
		// A write borrows its buffer from the pool, so an idle connection has none.
		WriteBufferPool:   &sync.Pool{},
		Subprotocols:      []string{server.Subprotocol},
		EnableCompression: s.Config.DeflateLevel > 0,
		// The server has checked the origin before.
		CheckOrigin: func(*http.Request) bool { return true },
	}
	topics := server.NewTopics(s, newMessage)
	return func(w http.ResponseWriter, r *http.Request, admission server.Admission) error {
		c := &session{Peer: server.NewPeer(s, r, admission, topics)}
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
