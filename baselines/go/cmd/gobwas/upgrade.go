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
}

// starter gives a session its transport: prepare before the upgrade is answered, when frames of a room may already
// come, and start after.
type starter interface {
	prepare(*accepted)
	start(*accepted)
}

func newUpgrader(s *server.Server, by starter) server.Upgrade {
	var deflate *deflater
	if s.Config.DeflateLevel > 0 {
		deflate = newDeflater(s.Config)
	}
	topics := server.NewTopics(func(text []byte) frame {
		f, _ := newFrame(ws.OpText, text, deflate)
		return f
	})
	return func(w http.ResponseWriter, r *http.Request, workload server.Workload) error {
		a := &accepted{
			session: &session{server: s, compressor: deflate, workload: workload},
			conn:    server.Conn(r),
		}
		extension := wsflate.Extension{Parameters: wsflate.DefaultParameters}
		upgrader := ws.HTTPUpgrader{}
		if deflate != nil {
			upgrader.Negotiate = func(option httphead.Option) (httphead.Option, error) {
				// An offer that cannot be read is declined (RFC 7692 section 7), not the connection.
				answer, err := extension.Negotiate(option)
				if err != nil {
					return httphead.Option{}, nil
				}
				if _, ok := extension.Accepted(); ok {
					a.deflate = deflate
					a.packs.Store(true)
				}
				return answer, nil
			}
		}
		by.prepare(a)
		// A member before the client can know that it is one, so that it misses nothing from then on.
		a.topic = topics.Join(workload, a.session)
		conn, rw, _, err := upgrader.Upgrade(r, w)
		if err != nil {
			a.topic.Leave(a.session)
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
	a.decoder = newDecoder(source, &a.server.Config, a.deflate, a.control)
}
