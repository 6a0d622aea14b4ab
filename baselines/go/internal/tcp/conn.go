// Package tcp adds to a TCP connection, or to one of a Unix socket, what the libraries leave to the application: a write deadline that a slow reader
// meets and a peer that stopped reading does not, and a close that loses no close frame.
package tcp

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Listener accepts connections with a write deadline of WriteWait.
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
	return &Conn{tcp: conn.(stream), Conn: conn, writeWait: l.WriteWait}, nil
}

// stream is what a *net.TCPConn and a *net.UnixConn have in common.
type stream interface {
	net.Conn
	syscall.Conn
	CloseWrite() error
}

// Conn is a TCP connection whose write deadline starts again whenever the peer accepts bytes. net.Conn is embedded as an
// interface, so net.Buffers cannot go past Write.
type Conn struct {
	net.Conn
	tcp       stream
	writeWait time.Duration
	stalled   atomic.Int64
	gentle    atomic.Bool
}

// looks is how often, in one writeWait, a stalled Write asks the kernel whether the peer has accepted bytes.
const looks = 8

// SetWriteDeadline does nothing: Write sets its own deadline, and a library's would also cut off a slow reader.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

// Write writes all of p. It fails with os.ErrDeadlineExceeded once the peer has accepted nothing for writeWait.
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

// stall is the shortest Write that counts as stalled.
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

// Broken tells whether err is about the connection itself, and not about the bytes that came.
func Broken(err error) bool {
	var failed net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &failed)
}

// Stalled is for how long in all the writes of this connection were stalled. Where the same goroutine reads, the peer gets
// that much more time for its pong.
func (c *Conn) Stalled() time.Duration { return time.Duration(c.stalled.Load()) }

// BeGentle makes the next Close a CloseGently in the background, for a library that closes by itself.
func (c *Conn) BeGentle() { c.gentle.Store(true) }

// Close closes the connection.
func (c *Conn) Close() error {
	if c.gentle.Swap(false) {
		go c.CloseGently()
		return nil
	}
	return c.tcp.Close()
}

// Abort closes with a reset. The kernel frees what the peer has not accepted.
func (c *Conn) Abort() {
	if tcp, ok := c.tcp.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.tcp.Close()
}

// GentleWait is how long a peer may go on sending after the last close frame.
const GentleWait = time.Second

// CloseGently closes once the peer has closed, or after GentleWait. To close while the peer still sends is a reset, and a
// reset can overtake the close frame.
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

// Detach takes the socket out of Go's own poller. The caller owns the descriptor, which does not block.
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
