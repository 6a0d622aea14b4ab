// Command gobwas keeps the contract with gobwas/ws, which leaves reading and writing to the application. With --epoll, a
// few event loops serve all connections, which is what the library is made for; without, each has a goroutine.
package main

import (
	"errors"
	"os"
	"slices"

	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/server"
)

func main() {
	library := server.Library{
		Target:  "gobwas",
		Module:  "github.com/gobwas/ws",
		Refuse:  refuse,
		Upgrade: newUpgrade,
	}
	args := os.Args[1:]
	if i := slices.Index(args, "--epoll"); i >= 0 {
		args = slices.Delete(args, i, i+1)
		library.Target, library.Upgrade = "gobwas-epoll", newEpollUpgrade
	}
	os.Exit(server.Run(library, args))
}

func refuse(c config.Config) error {
	if c.DeflateLevel > 0 && c.DeflateContextTakeover {
		return errors.New("deflateContextTakeover is true; wanted: false, since the window of gobwas/ws begins anew with each message")
	}
	return nil
}
