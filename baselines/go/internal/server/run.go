package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ws-arena/baselines/internal/config"
	"ws-arena/baselines/internal/redisrooms"
	"ws-arena/baselines/internal/tcp"
	"ws-arena/baselines/internal/tokens"
)

// Library is one WebSocket library behind the contract.
type Library struct {
	// Target is the row's name in packages/contract/src/targets.ts.
	Target string
	// Module is the library's module path.
	Module string
	// Refuse is the error for settings that the library cannot keep.
	Refuse func(config.Config) error
	// Upgrade makes the function that serves upgrade requests.
	Upgrade func(*Server) (Upgrade, error)
}

// Run is the life of the process, from its arguments to its exit code: 0 after SIGTERM, 2 for settings that cannot
// work, 1 for any other failure. Logs go to stderr, the ready line to stdout.
func Run(lib Library, args []string) int {
	log.SetFlags(0)
	log.SetPrefix(lib.Target + ": ")
	s, err := newServer(lib, args)
	if err != nil {
		log.Print(err)
		return 2
	}
	if err := s.serve(lib); err != nil {
		log.Print(err)
		return 1
	}
	return 0
}

// newServer is a server with the settings of args and of the environment; an error is about them.
func newServer(lib Library, args []string) (*Server, error) {
	cfg, err := config.Load(args, os.Environ())
	if err != nil {
		return nil, err
	}
	s := &Server{Config: cfg, check: tokens.NewCheck(cfg), sessions: map[Session]*time.Timer{}, empty: make(chan struct{})}
	if cfg.RedisUrl != "" {
		if s.redis, err = redisrooms.New(cfg.RedisUrl); err != nil {
			return nil, err
		}
		s.Metrics.Redis = s.redis
	}
	return s, lib.Refuse(cfg)
}

func (s *Server) serve(lib Library) error {
	cfg := s.Config
	upgrade, err := lib.Upgrade(s)
	if err != nil {
		return err
	}
	s.upgrade = upgrade
	listeners, err := listen(cfg)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	// Its default would end the process. Node's servers ignore it, because there it would open the debugger.
	signal.Ignore(syscall.SIGUSR1)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	web := &http.Server{
		Handler: s,
		// For a request with its body, and for the time between two. The write deadline is the one of tcp.Conn. An
		// upgrade clears all deadlines.
		ReadTimeout: cfg.HandshakeTimeout(),
		IdleTimeout: cfg.HandshakeTimeout(),
		ErrorLog:    log.Default(),
		ConnContext: withConn,
	}
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { ended <- web.Serve(tcp.Listener{Listener: l, WriteWait: cfg.WriteWait()}) }()
	}
	announce(lib, listeners[0].Addr().(*net.TCPAddr).Port)
	select {
	case err := <-ended:
		return err
	case <-stop:
	}
	s.drain(cfg.DrainSpread(), cfg.ShutdownGrace(), func() {
		// Close, not Shutdown: Shutdown waits for requests, and an upgraded connection is none.
		if err := web.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			log.Print(err)
		}
	})
	return nil
}

// listen listens on the port, and on the Unix socket where there is to be one. One that a killed process left is removed.
func listen(cfg config.Config) ([]net.Listener, error) {
	port, err := net.Listen("tcp", net.JoinHostPort(cfg.Host, strconv.Itoa(cfg.Port)))
	if err != nil || cfg.SocketPath == "" {
		return []net.Listener{port}, err
	}
	if conn, err := net.Dial("unix", cfg.SocketPath); err == nil {
		_ = conn.Close()
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		_ = os.Remove(cfg.SocketPath)
	}
	socket, err := net.Listen("unix", cfg.SocketPath)
	return []net.Listener{port, socket}, err
}

func announce(lib Library, port int) {
	line, _ := json.Marshal(struct {
		Ready   bool   `json:"ready"`
		Target  string `json:"target"`
		Port    int    `json:"port"`
		Pid     int    `json:"pid"`
		Library string `json:"library"`
		Version string `json:"version"`
		Runtime string `json:"runtime"`
	}{true, lib.Target, port, os.Getpid(), strings.TrimPrefix(lib.Module, "github.com/"), version(lib.Module), runtime.Version()})
	fmt.Println(string(line))
}

// version is the one that the build really has, from the binary itself.
func version(module string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return strings.TrimPrefix(dep.Version, "v")
			}
		}
	}
	return "unknown"
}

type connKey struct{}

func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// Conn is the TCP connection under a request, for a library that does not hand it out.
func Conn(r *http.Request) *tcp.Conn { return r.Context().Value(connKey{}).(*tcp.Conn) }
