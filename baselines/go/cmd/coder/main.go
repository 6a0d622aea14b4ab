// Command coder keeps the contract with coder/websocket.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/server"
)

func main() {
	os.Exit(server.Run(server.Library{
		Target:  "coder",
		Module:  "github.com/coder/websocket",
		Refuse:  refuse,
		Upgrade: newUpgrade,
	}, os.Args[1:]))
}

func refuse(c config.Config) error {
	if c.DeflateLevel > 1 {
		return fmt.Errorf("deflateLevel is %d; wanted: 0 or 1, since coder/websocket compresses at the fastest level only", c.DeflateLevel)
	}
	return nil
}

func newUpgrade(s *server.Server) (server.Upgrade, error) {
	accept := websocket.AcceptOptions{
		// The server has checked the origin before.
		InsecureSkipVerify: true,
		Subprotocols:       []string{server.Subprotocol},
		CompressionMode:    websocket.CompressionDisabled,
		// The library takes 0 for its own threshold.
		CompressionThreshold: max(1, s.Config.DeflateThresholdBytes),
	}
	if s.Config.DeflateLevel > 0 {
		accept.CompressionMode = websocket.CompressionNoContextTakeover
		if s.Config.DeflateContextTakeover {
			accept.CompressionMode = websocket.CompressionContextTakeover
		}
	}
	topics := server.NewTopics(s, newMessage)
	return func(w http.ResponseWriter, r *http.Request, admission server.Admission) error {
		c := &session{Peer: server.NewPeer(s, r, admission, topics)}
		options := accept
		options.OnPongReceived = c.ponged
		ws, err := websocket.Accept(w, r, &options)
		if err != nil {
			c.Withdraw()
			return err
		}
		c.ws = ws
		c.start()
		return nil
	}, nil
}
