// Package tcp is what the contract asks of a connection and the libraries leave to the application: a write deadline
// that a slow reader meets and a peer that stopped reading does not, and closes that say what they mean.
package tcp

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Listener hands out connections whose every Write has writeWait to get anywhere.
type Listener struct {
	net.Listener
	WriteWait time.Duration
}

// Accept waits for the next connection, a *Conn.
func (l Listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &Conn{tcp: conn.(*net.TCPConn), Conn: conn, writeWait: l.WriteWait}, nil
}

// Conn is a TCP connection with a write deadline that starts anew whenever the peer took something. net.Conn is
// embedded as an interface, so that net.Buffers cannot reach past Write.
type Conn struct {
	net.Conn
	tcp       *net.TCPConn
	writeWait time.Duration
	stalled   atomic.Int64
	gentle    atomic.Bool
}

// looks is how many times in a write deadline a stalled Write asks the kernel whether the peer took anything.
const looks = 8

// SetWriteDeadline does nothing, since Write sets its own: a library's deadline would cut a slow reader, too.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

// Write writes all of p, or fails with os.ErrDeadlineExceeded once the peer has taken nothing for writeWait.
func (c *Conn) Write(p []byte) (n int, err error) {
	start := time.Now()
	_ = c.tcp.SetWriteDeadline(start.Add(c.look()))
	n, err = c.tcp.Write(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		n, err = c.writeSlowly(p, n, start)
	}
	if took := time.Since(start); took > stall {
		c.stalled.Add(int64(took))
	}
	return n, err
}

// stall is the least time that a Write counts as standing still.
const stall = time.Millisecond

func (c *Conn) writeSlowly(p []byte, n int, progress time.Time) (int, error) {
	err := os.ErrDeadlineExceeded
	for waiting := c.waiting(); errors.Is(err, os.ErrDeadlineExceeded) && time.Since(progress) < c.writeWait; {
		_ = c.tcp.SetWriteDeadline(time.Now().Add(c.look()))
		var more int
		more, err = c.tcp.Write(p[n:])
		n += more
		if left := c.waiting(); more > 0 || left < waiting {
			progress, waiting = time.Now(), left
		}
	}
	return n, err
}

// Broken tells whether err is of the connection itself, and not of what came over it.
func Broken(err error) bool {
	var failed net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &failed)
}

// Stalled is how long in all this connection's writes stood still. A peer that could not be read meanwhile, because
// its reader was the one that wrote, has that much more time for its pong.
func (c *Conn) Stalled() time.Duration { return time.Duration(c.stalled.Load()) }

// BeGentle makes Close the gentle one, in the background: for a library that closes by itself after a close frame.
func (c *Conn) BeGentle() { c.gentle.Store(true) }

// Close closes the connection.
func (c *Conn) Close() error {
	if c.gentle.Swap(false) {
		go c.CloseGently()
		return nil
	}
	return c.tcp.Close()
}

// Abort closes with a reset: what the peer did not take is thrown away, and the kernel's memory with it.
func (c *Conn) Abort() {
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

// GentleWait is how long a peer may go on sending after the last close frame.
const GentleWait = time.Second

// CloseGently closes once the peer has, or after GentleWait: a close while it still sends is a reset to the kernel,
// and a reset would overtake the close frame that says why.
func (c *Conn) CloseGently() {
	if c.tcp.CloseWrite() == nil {
		_ = c.tcp.SetReadDeadline(time.Now().Add(GentleWait))
		_, _ = io.Copy(io.Discard, c.tcp)
	}
	_ = c.tcp.Close()
}

func (c *Conn) look() time.Duration { return c.writeWait / looks }

// waiting is how many bytes the kernel holds that the peer's kernel has not acknowledged (SIOCOUTQ, tcp(7)).
func (c *Conn) waiting() (n int) {
	raw, err := c.tcp.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ) })
	return n
}

// Detach takes the socket out of Go's own poller: the descriptor, non-blocking, is the caller's from here on.
func (c *Conn) Detach() (fd int, err error) {
	raw, err := c.tcp.SyscallConn()
	if err != nil {
		return -1, err
	}
	var failed error
	if err := raw.Control(func(own uintptr) {
		fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0)
	}); err != nil {
		return -1, err
	}
	_ = c.tcp.Close()
	return fd, failed
}
