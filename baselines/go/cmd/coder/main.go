// Command coder is the contract on coder/websocket: contexts for timeouts, Ping for life, Write from any goroutine.
package main

import (
	"fmt"
	"os"

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
