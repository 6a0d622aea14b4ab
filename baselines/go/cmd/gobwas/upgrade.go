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
}

// starter gives a session its transport: prepare before the upgrade is answered, when frames of a room may already
// come, and start after.
type starter interface {
	prepare(*accepted)
	start(*accepted)
}

func newUpgrader(s *server.Server, by starter) func(http.ResponseWriter, *http.Request, server.Offer) error {
	rooms := &server.Rooms[frame]{}
	var deflate *deflater
	if s.Config.DeflateLevel > 0 {
		deflate = newDeflater(s.Config)
	}
	return func(w http.ResponseWriter, r *http.Request, offer server.Offer) error {
		a := &accepted{
			session: &session{server: s, compressor: deflate, ended: make(chan struct{})},
			conn:    server.Conn(r),
			offer:   offer,
		}
		extension := wsflate.Extension{Parameters: wsflate.DefaultParameters}
		upgrader := ws.HTTPUpgrader{}
		if deflate != nil {
			upgrader.Negotiate = func(option httphead.Option) (httphead.Option, error) {
				answer, err := extension.Negotiate(option)
				if _, ok := extension.Accepted(); ok {
					a.deflate = deflate
					a.packs.Store(true)
				}
				return answer, err
			}
		}
		by.prepare(a)
		if offer.Room != "" {
			// Before the client can know that it is in, so that it misses nothing from then on.
			a.room = rooms.Join(offer.Room, a.session)
			a.leaveRoom = func() { rooms.Leave(offer.Room, a.session) }
		}
		conn, rw, _, err := upgrader.Upgrade(r, w)
		if err != nil {
			if a.leaveRoom != nil {
				a.leaveRoom()
			}
			if conn != nil {
				_ = conn.Close()
			}
			return err
		}
		a.reader = rw.Reader
		if n := rw.Reader.Buffered(); n > 0 {
			early, _ := rw.Reader.Peek(n)
			a.early = bytes.Clone(early)
		}
		by.start(a)
		return nil
	}
}

// decodeFrom gives the session its decoder.
func (a *accepted) decodeFrom(source io.Reader) {
	a.decoder = newDecoder(source, a.server.Config.ReadLimitBytes, a.deflate, a.control)
}

// join puts the session on the server's books and begins to push. Its transport is ready by then.
func (a *accepted) join() {
	a.server.Join(a.session)
	if a.offer.PushPeriod > 0 {
		go a.offer.Push(a.ended, a.push)
	}
}
