package main

import (
	"bufio"
	"bytes"
	"net/http"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"ws-arena/baselines/internal/server"
	"ws-arena/baselines/internal/tcp"
)

// newUpgrader serves upgrade requests; newTransport gives each session the way in which it reads and writes.
func newUpgrader(s *server.Server, newTransport func(*session, *tcp.Conn) transport) server.Upgrade {
	var deflate *deflater
	if s.Config.DeflateLevel > 0 {
		deflate = newDeflater(s.Config)
	}
	topics := server.NewTopics(s, func(binary bool, data []byte) frame { return newFrame(binary, data, deflate) })
	return func(w http.ResponseWriter, r *http.Request, admission server.Admission) error {
		c := &session{server: s, compressor: deflate, Admission: admission}
		c.transport = newTransport(c, server.Conn(r))
		upgrader := ws.HTTPUpgrader{Protocol: func(name string) bool { return name == server.Subprotocol }}
		if deflate != nil {
			upgrader.Negotiate = c.negotiate
		}
		// The session joins before the client can know that it has: from then on it misses nothing.
		c.topic = topics.Join(c.Workload, c)
		conn, rw, _, err := upgrader.Upgrade(r, w)
		if err != nil {
			c.topic.Leave(c)
			if conn != nil {
				_ = conn.Close()
			}
			return err
		}
		c.transport.start(rw.Reader)
		return nil
	}
}

// negotiate is the library's callback for each extension that the client offers.
func (c *session) negotiate(offer httphead.Option) (httphead.Option, error) {
	if c.deflate != nil {
		return httphead.Option{}, nil
	}
	extension := wsflate.Extension{Parameters: wsflate.DefaultParameters}
	answer, err := extension.Negotiate(offer)
	if err != nil {
		// An offer that cannot be read is declined; the connection is not (RFC 7692 section 7).
		return httphead.Option{}, nil
	}
	if _, ok := extension.Accepted(); ok {
		c.deflate = c.compressor
		c.packs.Store(true)
	}
	return answer, nil
}

// buffered are the bytes that came behind the upgrade request.
func buffered(r *bufio.Reader) []byte {
	early, _ := r.Peek(r.Buffered())
	return bytes.Clone(early)
}
