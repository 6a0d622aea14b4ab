package config

import (
	"encoding/json"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

// foundation prints what packages/config holds, as JSON.
const foundation = `
import { options } from './packages/config/src/options.ts';
import { envName, flagName } from './packages/config/src/parse-config.ts';
import { brokenInvariants } from './packages/config/src/invariants.ts';
import { tickMs } from './packages/config/src/tick.ts';
import { wireLimitBytes } from './packages/config/src/wire-limit.ts';
const names = Object.keys(options);
const defaults = Object.fromEntries(names.map((name) => [name, options[name].default]));
const wrong = { ...defaults, pingPeriodMs: 60000, proxyReadTimeoutMs: 60000, proxySendTimeoutMs: 15000, maxBufferedBytes: 1024, drainSpreadMs: 10000, proxyHandshakeBurst: 1, authRole: 'user', longPolling: true };
const half = { ...defaults, authIssuer: 'https://a.example', authByProxy: true };
console.log(JSON.stringify({
  names, defaults, env: names.map(envName), flags: names.map(flagName),
  sentences: [...brokenInvariants(wrong), ...brokenInvariants(half)], tick: tickMs(defaults), shortTick: tickMs({ pingPeriodMs: 100, pongWaitMs: 300, writeWaitMs: 400 }),
  wireLimits: [0, 1].flatMap((deflateLevel) => [65536, 0x7fffffff].map((readLimitBytes) => wireLimitBytes({ deflateLevel, readLimitBytes }))),
}));`

type expected struct {
	Names, Env, Flags, Sentences []string
	Defaults                     Config
	Tick, ShortTick              int
	WireLimits                   []int64
}

func fromFoundation(t *testing.T) (want expected) {
	t.Helper()
	node := exec.Command("node", "--input-type=module", "--eval", foundation)
	node.Dir = "../../../.."
	out, err := node.Output()
	if err != nil {
		t.Skipf("packages/config needs Node.js 22 and an installed workspace to be read: %v", err)
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

func TestSettingsAreThoseOfPackagesConfig(t *testing.T) {
	want := fromFoundation(t)
	var names, env, flags []string
	for _, setting := range settings {
		name := nameOf(setting)
		names = append(names, name)
		env = append(env, envName(name))
		flags = append(flags, flagName(name))
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"names", names, want.Names},
		{"environment variables", env, want.Env},
		{"flags", flags, want.Flags},
		{"defaults", Defaults(), want.Defaults},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s:\n got %v\nwant %v", c.what, c.got, c.want)
		}
	}
	wrong := Defaults()
	wrong.PingPeriodMs, wrong.ProxyReadTimeoutMs, wrong.ProxySendTimeoutMs, wrong.MaxBufferedBytes, wrong.ProxyHandshakeBurst = 60_000, 60_000, 15_000, 1024, 1
	wrong.DrainSpreadMs = 10_000
	wrong.AuthRole = "user"
	wrong.LongPolling = true
	half := Defaults()
	half.AuthIssuer, half.AuthByProxy = "https://a.example", true
	if got := append(broken(wrong), broken(half)...); !reflect.DeepEqual(got, want.Sentences) {
		t.Errorf("sentences:\n got %v\nwant %v", got, want.Sentences)
	}
	short := Config{PingPeriodMs: 100, PongWaitMs: 300, WriteWaitMs: 400}
	if got := [2]int64{Defaults().Tick().Milliseconds(), short.Tick().Milliseconds()}; got != [2]int64{int64(want.Tick), int64(want.ShortTick)} {
		t.Errorf("ticks: got %v, want %d and %d", got, want.Tick, want.ShortTick)
	}
	var wireLimits []int64
	for _, level := range []int{0, 1} {
		for _, limit := range []int{65_536, maxInt31} {
			wireLimits = append(wireLimits, Config{DeflateLevel: level, ReadLimitBytes: limit}.WireLimitBytes())
		}
	}
	if !reflect.DeepEqual(wireLimits, want.WireLimits) {
		t.Errorf("wire limits: got %v, want %v", wireLimits, want.WireLimits)
	}
}

func TestLoad(t *testing.T) {
	c, err := Load([]string{"--port", "0", "--ping-period-ms=200"}, []string{
		"HOME=/", "WS_PORT=9000", "WS_PONG_WAIT_MS=700", "WS_ORIGIN_ALLOW_LIST=https://a, https://b,", "WS_DEFLATE_CONTEXT_TAKEOVER=true",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults()
	want.Port, want.PingPeriodMs, want.PongWaitMs = 0, 200, 700
	want.OriginAllowList, want.DeflateContextTakeover = []string{"https://a", "https://b"}, true
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ args, environ, sentence string }{
		{"", "WS_PINGPERIOD=1", "unknown environment variable WS_PINGPERIOD"},
		{"", "WS_PING_PERIOD_MS=30s", `WS_PING_PERIOD_MS is "30s"; wanted: a plain whole number of milliseconds, without a unit`},
		{"", "WS_PORT=65536", "at most 65535"},
		{"", "WS_DEFLATE_CONTEXT_TAKEOVER=yes", "wanted: true or false"},
		{"", "WS_PATH=notifications", "a path such as /ws-notifications"},
		{"--ports 1", "", "unknown option --ports"},
		{"--port", "", "--port needs a value"},
		{"--ping-period-ms 60000", "", "pingPeriodMs is 60000 and must be below pongWaitMs (60000)"},
		{"--proxy-read-timeout-ms 60000", "", "Nginx would cut connections"},
		{"--long-polling true --max-connections 9", "", "this server speaks WebSocket only"},
		{"--read-limit-bytes 2000000", "", "maxBufferedBytes is 1048576"},
	} {
		_, err := Load(strings.Fields(c.args), []string{c.environ})
		if err == nil || !strings.Contains(err.Error(), c.sentence) {
			t.Errorf("Load(%q, %q): got %v, want %q", c.args, c.environ, err, c.sentence)
		}
	}
}
