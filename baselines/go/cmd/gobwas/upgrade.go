package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// accepted is an upgraded connection before it has a transport.
type accepted struct {
	*session
	conn *tcp.Conn
	// early are the bytes that came behind the upgrade request, and reader is net/http's, to be used again.
	early  []byte
	reader *bufio.Reader
	offer  server.Offer
	rooms  *server.Rooms[frame]
}

func newUpgrader(s *server.Server, start func(*accepted)) func(http.ResponseWriter, *http.Request, server.Offer) error {
	rooms := &server.Rooms[frame]{}
	deflate := newDeflater(s.Config)
	return func(w http.ResponseWriter, r *http.Request, offer server.Offer) error {
		extension := wsflate.Extension{Parameters: wsflate.DefaultParameters}
		upgrader := ws.HTTPUpgrader{}
		if s.Config.DeflateLevel > 0 {
			upgrader.Negotiate = func(option httphead.Option) (httphead.Option, error) { return extension.Negotiate(option) }
		}
		conn, rw, _, err := upgrader.Upgrade(r, w)
		if err != nil {
			if conn != nil {
				_ = conn.Close()
			}
			return err
		}
		a := &accepted{
			session: &session{server: s, ended: make(chan struct{})},
			conn:    conn.(*tcp.Conn),
			reader:  rw.Reader,
			offer:   offer,
			rooms:   rooms,
		}
		if _, ok := extension.Accepted(); ok {
			a.deflate = deflate
		}
		if n := rw.Reader.Buffered(); n > 0 {
			early, _ := rw.Reader.Peek(n)
			a.early = bytes.Clone(early)
		}
		start(a)
		return nil
	}
}

// decodeFrom gives the session its decoder.
func (a *accepted) decodeFrom(source io.Reader) {
	a.decoder = newDecoder(source, a.server.Config.ReadLimitBytes, a.deflate, a.control)
}

// join puts the session on the server's books and into its room, and begins to push. Its transport is ready by then.
func (a *accepted) join() {
	a.server.Join(a.session)
	if name := a.offer.Room; name != "" {
		a.room = a.rooms.Join(name, a.session)
		a.leaveRoom = func() { a.rooms.Leave(name, a.session) }
	}
	if a.offer.PushPeriod > 0 {
		go a.offer.Push(a.ended, a.push)
	}
}
