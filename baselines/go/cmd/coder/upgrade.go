package main

import (
	"net/http"

	"github.com/coder/websocket"
	"ws-arena/baselines/internal/server"
)

// newUpgrade makes the function that turns a request into a session.
func newUpgrade(s *server.Server) (server.Upgrade, error) {
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
	topics := server.NewTopics(func(text []byte) message { return message{websocket.MessageText, text} })
	return func(w http.ResponseWriter, r *http.Request, workload server.Workload) error {
		c := &session{Peer: server.NewPeer(s, r, workload, topics)}
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
