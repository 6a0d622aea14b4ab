package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gobwas/ws"
	"ws-arena/baselines/internal/config"
)

func masked(op ws.OpCode, fin bool, payload string) []byte {
	var frame bytes.Buffer
	_ = ws.WriteFrame(&frame, ws.MaskFrame(ws.NewFrame(op, fin, []byte(payload))))
	return frame.Bytes()
}

func TestAHeaderReservesNoRoomForWhatItAnnounces(t *testing.T) {
	c := config.Defaults()
	frame := masked(ws.OpBinary, true, strings.Repeat("x", c.ReadLimitBytes))
	silent := errors.New("nothing more comes")
	for _, c := range []struct{ came, most int }{{14, 2 * least}, {14 + 6000, 4 * least}} {
		cfg := config.Defaults()
		d := newDecoder(io.MultiReader(bytes.NewReader(frame[:c.came]), iotest.ErrReader(silent)), &cfg, nil, nil)
		// A buffer of its own: one of the pool may have been large before.
		d.message = new(bytes.Buffer)
		if _, _, err := d.frame(); err != silent {
			t.Fatalf("got %v", err)
		}
		if d.message.Cap() > c.most {
			t.Errorf("%d bytes came and %d are reserved, want at most %d", c.came, d.message.Cap(), c.most)
		}
	}
}

func TestAMessageIsWholeHoweverItComes(t *testing.T) {
	c := config.Defaults()
	text := strings.Repeat("κόσμε ", 5000)
	cut := 12_345
	frames := append(masked(ws.OpText, false, text[:cut]), masked(ws.OpContinuation, false, "")...)
	frames = append(frames, masked(ws.OpContinuation, true, text[cut:])...)
	for name, source := range map[string]io.Reader{
		"at once":      bytes.NewReader(frames),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(frames)),
	} {
		d := newDecoder(source, &c, nil, nil)
		var message *bytes.Buffer
		for message == nil {
			var err error
			if _, message, err = d.frame(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if message.String() != text {
			t.Errorf("%s: %d bytes came as %d that differ", name, len(text), message.Len())
		}
	}
}
