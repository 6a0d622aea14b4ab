package main

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
	"ws-arena/baselines/internal/config"
)

// deflater compresses and inflates messages for all connections of the process.
type deflater struct {
	writers, readers sync.Pool
	threshold        int
}

func newDeflater(c config.Config) *deflater {
	return &deflater{
		threshold: c.DeflateThresholdBytes,
		writers: sync.Pool{New: func() any {
			return wsflate.NewWriter(nil, func(w io.Writer) wsflate.Compressor {
				f, _ := flate.NewWriter(w, c.DeflateLevel)
				return f
			})
		}},
		readers: sync.Pool{New: func() any {
			return wsflate.NewReader(nil, func(r io.Reader) wsflate.Decompressor { return inflater{flate.NewReader(r)} })
		}},
	}
}

// inflater is one that wsflate can reuse. A new one allocates 32 KiB for its window.
type inflater struct{ io.ReadCloser }

// Reset starts again with r.
func (i inflater) Reset(r io.Reader) { _ = i.ReadCloser.(flate.Resetter).Reset(r, nil) }

// buffers hold a message from its first fragment until it is written; an idle connection has none.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func borrow() *bytes.Buffer {
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	return buffer
}

// encode writes a message as one frame to into, compressed if deflate is not nil and the message reaches its threshold.
func encode(into *bytes.Buffer, deflate *deflater, op ws.OpCode, payload []byte) error {
	frame := ws.NewFrame(op, true, payload)
	if deflate == nil || len(payload) < deflate.threshold {
		return ws.WriteFrame(into, frame)
	}
	small := borrow()
	defer buffers.Put(small)
	w := deflate.writers.Get().(*wsflate.Writer)
	defer deflate.writers.Put(w)
	w.Reset(small)
	if _, err := w.Write(payload); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	frame.Payload = small.Bytes()
	frame.Header.Length = int64(small.Len())
	var err error
	if frame.Header, err = wsflate.SetBit(frame.Header); err != nil {
		return err
	}
	return ws.WriteFrame(into, frame)
}

// decoder reads the frames of one connection.
type decoder struct {
	reader  wsutil.Reader
	control wsutil.FrameHandlerFunc
	deflate *deflater
	state   wsflate.MessageState
	message *bytes.Buffer
	op      ws.OpCode
	limit   int
}

func newDecoder(source io.Reader, c *config.Config, deflate *deflater, control wsutil.FrameHandlerFunc) *decoder {
	d := &decoder{control: control, deflate: deflate, limit: c.ReadLimitBytes}
	d.reader = wsutil.Reader{
		Source:         source,
		State:          ws.StateServerSide,
		CheckUTF8:      deflate == nil,
		MaxMessageSize: c.WireLimitBytes(),
		OnIntermediate: control,
	}
	if deflate != nil {
		d.reader.State = d.reader.State.Set(ws.StateExtended)
		d.reader.Extensions = []wsutil.RecvExtension{&d.state}
	}
	return d
}

// frame reads one frame. message is not nil when the frame completes one; the caller puts it back into buffers.
func (d *decoder) frame() (op ws.OpCode, message *bytes.Buffer, err error) {
	hdr, err := d.reader.NextFrame()
	if err != nil {
		return 0, nil, err
	}
	if hdr.OpCode.IsControl() {
		if !d.reader.State.Fragmented() {
			err = d.control(hdr, &d.reader)
		}
		return 0, nil, err
	}
	if d.message == nil {
		d.message, d.op = borrow(), hdr.OpCode
	}
	if err := d.body(hdr); err != nil || !hdr.Fin {
		return 0, nil, err
	}
	message, d.message = d.message, nil
	if d.state.IsCompressed() {
		message, err = d.inflate(message)
	}
	switch {
	case err != nil:
	case message.Len() > d.limit:
		err = wsutil.ErrMessageTooLarge
	case d.deflate != nil && d.op == ws.OpText && !utf8.Valid(message.Bytes()):
		err = wsutil.ErrInvalidUTF8
	}
	return d.op, message, err
}

// least is the room that a message gets at first, in bytes: as much as net/http's reader, below, holds.
const least = 4096

// body appends the payload of the frame to the message. Its room grows with what has come, whatever the header announces.
func (d *decoder) body(hdr ws.Header) error {
	for left := int(hdr.Length); ; {
		room := min(left, max(least, d.message.Len()))
		d.message.Grow(room)
		n, err := d.reader.Read(d.message.AvailableBuffer()[:room])
		d.message.Write(d.message.AvailableBuffer()[:n])
		left -= n
		switch {
		case err == io.EOF, err == nil && !hdr.Fin && left == 0:
			return nil
		case err != nil:
			return err
		}
	}
}

func (d *decoder) inflate(message *bytes.Buffer) (*bytes.Buffer, error) {
	defer buffers.Put(message)
	large := borrow()
	r := d.deflate.readers.Get().(*wsflate.Reader)
	defer d.deflate.readers.Put(r)
	r.Reset(message)
	_, err := large.ReadFrom(io.LimitReader(r, int64(d.limit)+1))
	return large, err
}

// free gives up a message that is not complete.
func (d *decoder) free() {
	if d.message != nil {
		buffers.Put(d.message)
		d.message = nil
	}
}
