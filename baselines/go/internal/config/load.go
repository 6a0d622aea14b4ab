package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Load is the configuration of a process: defaults, then the WS_ variables of environ, then the flags of args.
// Any error is one sentence for a person, and means exit code 2.
func Load(args, environ []string) (Config, error) {
	c := Defaults()
	if err := fromEnv(&c, environ); err != nil {
		return c, err
	}
	if err := fromFlags(&c, args); err != nil {
		return c, err
	}
	if sentences := broken(c); len(sentences) > 0 {
		return c, errors.New(strings.Join(sentences, "; "))
	}
	if c.SocketioAdapter != "sharded" {
		return c, errors.New("socketioAdapter is streams; wanted: sharded, because this is no Socket.IO server")
	}
	if c.LongPolling {
		return c, errors.New("longPolling is true; wanted: false, because this server speaks WebSocket only")
	}
	return c, nil
}

// PingPeriod is how often an idle connection is pinged.
func (c Config) PingPeriod() time.Duration { return ms(c.PingPeriodMs) }

// PongWait is how long a peer may be without a pong.
func (c Config) PongWait() time.Duration { return ms(c.PongWaitMs) }

// WriteWait is how long a peer may accept no queued bytes.
func (c Config) WriteWait() time.Duration { return ms(c.WriteWaitMs) }

// HandshakeTimeout is the time a client has for its upgrade request.
func (c Config) HandshakeTimeout() time.Duration { return ms(c.HandshakeTimeoutMs) }

// AuthKeysMaxAge is the age above which the issuer's keys are fetched again.
func (c Config) AuthKeysMaxAge() time.Duration { return ms(c.AuthKeysMaxAgeMs) }

// ShutdownGrace is the time between SIGTERM and the end of the process.
func (c Config) ShutdownGrace() time.Duration { return ms(c.ShutdownGraceMs) }

// DrainSpread is the time over which a drain closes the open connections.
func (c Config) DrainSpread() time.Duration { return ms(c.DrainSpreadMs) }

// WireLimitBytes is the most payload bytes that a message may take on the wire, by the rule of packages/config: only what
// it inflates to counts against the read limit, and data that do not compress are longer on the wire.
func (c Config) WireLimitBytes() int64 {
	limit := int64(c.ReadLimitBytes)
	if c.DeflateLevel > 0 {
		limit *= 2
	}
	return min(limit, maxInt31)
}

// Tick is how often a server that sweeps its connections looks at their deadlines, by the rule of packages/config:
// an eighth of the shortest wait that it must tell apart, between 10 ms and 1 s.
func (c Config) Tick() time.Duration {
	shortest := min(c.PingPeriodMs, c.PongWaitMs-c.PingPeriodMs, c.WriteWaitMs)
	return ms(min(1000, max(10, shortest/8)))
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// envName is the variable of a setting by the rule of packages/config: pingPeriodMs is WS_PING_PERIOD_MS.
func envName(name string) string { return "WS_" + strings.ToUpper(split(name, "_")) }

// flagName is the flag of a setting: pingPeriodMs is --ping-period-ms.
func flagName(name string) string { return "--" + strings.ToLower(split(name, "-")) }

var capital = regexp.MustCompile(`[A-Z]`)

func split(name, with string) string { return capital.ReplaceAllString(name, with+"$0") }

const maxInt31 = 0x7fff_ffff

func fromEnv(c *Config, environ []string) error {
	for _, pair := range environ {
		key, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(key, "WS_") {
			continue
		}
		setting, others := find(key, envName)
		if others != "" {
			return fmt.Errorf("unknown environment variable %s; the settings are %s", key, others)
		}
		if err := c.set(setting, value); err != nil {
			return fmt.Errorf("%s is %q; wanted: %w", key, value, err)
		}
	}
	return nil
}

func fromFlags(c *Config, args []string) error {
	for len(args) > 0 {
		key, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		if key == "--" {
			continue
		}
		setting, others := find(key, flagName)
		if others != "" {
			return fmt.Errorf("unknown option %s; the options are %s", key, others)
		}
		if !joined {
			if len(args) == 0 {
				return fmt.Errorf("%s needs a value", key)
			}
			value, args = args[0], args[1:]
		}
		if err := c.set(setting, value); err != nil {
			return fmt.Errorf("%s is %q; wanted: %w", key, value, err)
		}
	}
	return nil
}

func find(key string, rule func(string) string) (setting reflect.StructField, others string) {
	all := make([]string, len(settings))
	for i, setting := range settings {
		all[i] = rule(nameOf(setting))
		if all[i] == key {
			return setting, ""
		}
	}
	return setting, strings.Join(all, ", ")
}
