// Command gorilla is the contract on gorilla/websocket: the article's server, grown up.
package main

import (
	"os"

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
