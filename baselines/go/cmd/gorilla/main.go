// Command gorilla is the contract on gorilla/websocket: the article's server, grown up.
package main

import (
	"errors"
	"os"

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
