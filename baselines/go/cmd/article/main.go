// Command article is the server that the article builds with gorilla/websocket, reduced to what its claims are about:
// two goroutines for each connection and an unbuffered channel between them. It keeps no contract. `pnpm bench article`
// measures it with and without what the article calls critical.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/gorilla/websocket"
)

var (
	writeWait   = flag.Duration("write-wait", 0, "deadline of each write; 0 sets none")
	pongWait    = flag.Duration("pong-wait", 60*time.Second, "read deadline, moved by pongs")
	pingPeriod  = flag.Duration("ping-period", 30*time.Second, "how often a connection is pinged")
	readLimit   = flag.Int64("read-limit", 65536, "largest message in bytes")
	compression = flag.Bool("compression", false, "negotiate permessage-deflate")
	together    = flag.Bool("together", false, "when one goroutine of a connection ends, so does the other")
)

func main() {
	flag.Parse()
	upgrader := websocket.Upgrader{EnableCompression: *compression}
	http.HandleFunc("/ws-notifications", func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		c := &connection{ws: ws, echo: make(chan string), done: make(chan struct{})}
		go c.write()
		c.read()
	})
	http.HandleFunc("/goroutines", func(w http.ResponseWriter, _ *http.Request) {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		_ = json.NewEncoder(w).Encode(map[string]uint64{
			"goroutines": uint64(runtime.NumGoroutine()), "stackBytes": memory.StackInuse})
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf(`{"ready":true,"target":"article","port":%d,"pid":%d,"library":"gorilla/websocket","version":"","runtime":%q}`+"\n",
		listener.Addr().(*net.TCPAddr).Port, os.Getpid(), runtime.Version())
	fmt.Fprintln(os.Stderr, http.Serve(listener, nil))
	os.Exit(1)
}

type connection struct {
	ws   *websocket.Conn
	echo chan string
	// done is closed when the writer has ended; only with -together does the reader look.
	done chan struct{}
}

func (c *connection) read() {
	defer c.ws.Close()
	alive := func(string) error { return c.ws.SetReadDeadline(time.Now().Add(*pongWait)) }
	c.ws.SetReadLimit(*readLimit)
	_ = alive("")
	c.ws.SetPongHandler(alive)
	ended := c.done
	if !*together {
		ended = nil
	}
	for {
		_, message, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		select {
		case c.echo <- string(message):
		case <-ended:
			return
		}
	}
}

func (c *connection) write() {
	defer close(c.done)
	if *together {
		defer c.ws.Close()
	}
	ping := time.NewTicker(*pingPeriod)
	defer ping.Stop()
	for {
		kind, text := websocket.PingMessage, ""
		select {
		case text = <-c.echo:
			kind = websocket.TextMessage
		case <-ping.C:
		}
		if *writeWait > 0 {
			_ = c.ws.SetWriteDeadline(time.Now().Add(*writeWait))
		}
		if c.ws.WriteMessage(kind, []byte(text)) != nil {
			return
		}
	}
}
