// Package config reads the settings that packages/config defines: same names, same defaults, same refusals.
package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Config is the whole configuration of a server. Ms is milliseconds, Bytes is bytes. The proxy's settings are
// here because the invariants compare its timeouts with the server's own, and because one config is for all. The tags of a
// field are its name in packages/config, its default there, the least and the most that it may be, or the form of a text.
type Config struct {
	Host                       string   `json:"host" default:"127.0.0.1" is:"address"`
	Port                       int      `json:"port" default:"8000" in:"0 65535"`
	SocketPath                 string   `json:"socketPath" is:"socket"`
	Path                       string   `json:"path" default:"/ws-notifications" is:"path"`
	PingPeriodMs               int      `json:"pingPeriodMs" default:"30000" in:"10 86400000"`
	PongWaitMs                 int      `json:"pongWaitMs" default:"60000" in:"20 86400000"`
	WriteWaitMs                int      `json:"writeWaitMs" default:"15000" in:"10 86400000"`
	ReadLimitBytes             int      `json:"readLimitBytes" default:"65536" in:"1 2147483647"`
	MaxBufferedBytes           int      `json:"maxBufferedBytes" default:"1048576" in:"1024 2147483647"`
	DeflateLevel               int      `json:"deflateLevel" in:"0 9"`
	DeflateContextTakeover     bool     `json:"deflateContextTakeover"`
	DeflateThresholdBytes      int      `json:"deflateThresholdBytes" in:"0 2147483647"`
	MaxConnections             int      `json:"maxConnections" in:"0 10000000"`
	LongPolling                bool     `json:"longPolling"`
	OriginAllowList            []string `json:"originAllowList"`
	HandshakeTimeoutMs         int      `json:"handshakeTimeoutMs" default:"10000" in:"50 86400000"`
	ShutdownGraceMs            int      `json:"shutdownGraceMs" default:"10000" in:"0 86400000"`
	DrainSpreadMs              int      `json:"drainSpreadMs" default:"5000" in:"0 86400000"`
	RedisUrl                   string   `json:"redisUrl" is:"redis"`
	SocketioAdapter            string   `json:"socketioAdapter" default:"sharded" is:"adapter"`
	AuthIssuer                 string   `json:"authIssuer" is:"url"`
	AuthAudience               string   `json:"authAudience" is:"name"`
	AuthRole                   string   `json:"authRole" is:"name"`
	AuthJwksUrl                string   `json:"authJwksUrl" is:"url"`
	AuthKeysMaxAgeMs           int      `json:"authKeysMaxAgeMs" default:"10000" in:"1000 86400000"`
	AuthByProxy                bool     `json:"authByProxy"`
	ProxyReadTimeoutMs         int      `json:"proxyReadTimeoutMs" default:"90000" in:"10 86400000"`
	ProxySendTimeoutMs         int      `json:"proxySendTimeoutMs" default:"90000" in:"10 86400000"`
	ProxyKeepaliveConnections  int      `json:"proxyKeepaliveConnections" default:"16" in:"0 65535"`
	ProxyConnectionsPerAddress int      `json:"proxyConnectionsPerAddress" in:"0 1000000"`
	ProxyHandshakesPerSec      int      `json:"proxyHandshakesPerSec" in:"0 1000000"`
	ProxyHandshakeBurst        int      `json:"proxyHandshakeBurst" in:"0 1000000"`
	ProxyIntrospectionUrl      string   `json:"proxyIntrospectionUrl" is:"url"`
	ProxyIntrospectionCacheMs  int      `json:"proxyIntrospectionCacheMs" default:"10000" in:"0 86400000"`
}

// forms are what a text may be.
var forms = map[string]struct {
	pattern *regexp.Regexp
	wanted  string
}{
	"address": {regexp.MustCompile(`.`), "an address"},
	"path":    {regexp.MustCompile(`^/[\w./-]*$`), "a path such as /ws-notifications"},
	"socket":  {regexp.MustCompile(`^(/[\w./-]{1,106})?$`), "an absolute path of at most 107 bytes, or empty"},
	"url":     {regexp.MustCompile(`^(https?://[\w.:-]+(/[\w.:/~%-]*)?)?$`), "a URL such as https://sso.example.com/realms/name, or empty"},
	"redis":   {regexp.MustCompile(`^(rediss?://([\w.%:-]+@)?[\w.:\[\]-]+(/\d+)?)?$`), "a URL such as redis://127.0.0.1:6379, or empty"},
	"adapter": {regexp.MustCompile(`^(sharded|streams)$`), "sharded or streams"},
	"name":    {regexp.MustCompile(`^([\w.:/@-]+)?$`), "letters, digits and . : / @ _ -, or empty"},
}

// settings are the fields of Config, in its order.
var settings = reflect.VisibleFields(reflect.TypeFor[Config]())

func nameOf(setting reflect.StructField) string { return setting.Tag.Get("json") }

// Defaults are the article's, as in packages/config; a test compares the two.
func Defaults() Config {
	c := Config{OriginAllowList: []string{}}
	for _, setting := range settings {
		if text := setting.Tag.Get("default"); text != "" {
			_ = c.set(setting, text)
		}
	}
	return c
}

// set gives a setting the value that text says. An error is what is wanted instead.
func (c *Config) set(setting reflect.StructField, text string) error {
	value := reflect.ValueOf(c).Elem().FieldByIndex(setting.Index)
	switch value.Kind() {
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("a plain whole number%s, without a unit", unitOf(setting.Name))
		}
		var least, most int
		_, _ = fmt.Sscan(setting.Tag.Get("in"), &least, &most)
		if n < least || n > most {
			return fmt.Errorf("at least %d, at most %d", least, most)
		}
		value.SetInt(int64(n))
	case reflect.Bool:
		if text != "true" && text != "false" {
			return errors.New("true or false")
		}
		value.SetBool(text == "true")
	case reflect.String:
		if form := forms[setting.Tag.Get("is")]; !form.pattern.MatchString(text) {
			return errors.New(form.wanted)
		}
		value.SetString(text)
	case reflect.Slice:
		items := strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
		for i := range items {
			items[i] = strings.TrimSpace(items[i])
		}
		value.Set(reflect.ValueOf(slices.DeleteFunc(items, func(item string) bool { return item == "" })))
	}
	return nil
}

func unitOf(name string) string {
	switch {
	case strings.HasSuffix(name, "Ms"):
		return " of milliseconds"
	case strings.HasSuffix(name, "Bytes"):
		return " of bytes"
	}
	return ""
}

// broken lists the sentences of the invariants that c breaks, in the order of packages/config.
func broken(c Config) []string {
	type invariant struct {
		holds    bool
		sentence string
	}
	invariants := []invariant{
		{c.PingPeriodMs < c.PongWaitMs, fmt.Sprintf("pingPeriodMs is %d and must be below pongWaitMs (%d): a healthy peer would be cut off before the first ping could reach it", c.PingPeriodMs, c.PongWaitMs)},
		{c.ProxyReadTimeoutMs > c.PongWaitMs, fmt.Sprintf("proxyReadTimeoutMs is %d and must be above pongWaitMs (%d): Nginx would cut connections that the server still considers healthy, with close code 1006 for the client", c.ProxyReadTimeoutMs, c.PongWaitMs)},
		{c.ProxySendTimeoutMs > c.WriteWaitMs, fmt.Sprintf("proxySendTimeoutMs is %d and must be above writeWaitMs (%d): Nginx would cut a slow reader before the server's own write deadline decides", c.ProxySendTimeoutMs, c.WriteWaitMs)},
		{c.MaxBufferedBytes >= c.ReadLimitBytes, fmt.Sprintf("maxBufferedBytes is %d and must be at least readLimitBytes (%d): the echo of one message of the allowed size could not be queued", c.MaxBufferedBytes, c.ReadLimitBytes)},
		{c.DrainSpreadMs == 0 || c.DrainSpreadMs < c.ShutdownGraceMs, fmt.Sprintf("drainSpreadMs is %d and must be 0 or below shutdownGraceMs (%d): the process ends after shutdownGraceMs, and the last client needs time to answer its close frame", c.DrainSpreadMs, c.ShutdownGraceMs)},
		{c.ProxyHandshakeBurst == 0 || c.ProxyHandshakesPerSec > 0, fmt.Sprintf("proxyHandshakeBurst is %d and must be 0 while proxyHandshakesPerSec is 0: a burst exceeds a rate, and there is none", c.ProxyHandshakeBurst)},
		{!c.LongPolling || c.MaxConnections > 0, "longPolling is true and maxConnections is 0; it must be above 0: a session over HTTP holds no descriptor, so nothing else limits their number"},
	}
	for _, s := range []struct{ name, value string }{
		{"authAudience", c.AuthAudience}, {"authRole", c.AuthRole}, {"authJwksUrl", c.AuthJwksUrl}, {"proxyIntrospectionUrl", c.ProxyIntrospectionUrl},
	} {
		invariants = append(invariants, invariant{c.AuthIssuer != "" || s.value == "", fmt.Sprintf("%s is %s and must be empty while authIssuer is: without an issuer no token is checked", s.name, s.value)})
	}
	invariants = append(invariants,
		invariant{c.AuthIssuer == "" || !c.AuthByProxy, fmt.Sprintf("authByProxy is true and must be false with authIssuer (%s): the proxy removes the token, so the server has none to check", c.AuthIssuer)},
		invariant{c.AuthIssuer == "" || c.AuthAudience != "", fmt.Sprintf("authAudience is empty and must be set with authIssuer (%s): a token that was issued for another service would be accepted", c.AuthIssuer)},
		invariant{c.AuthIssuer == "" || c.AuthJwksUrl != "", fmt.Sprintf("authJwksUrl is empty and must be set with authIssuer (%s): without its keys no signature can be checked", c.AuthIssuer)},
	)
	var sentences []string
	for _, i := range invariants {
		if !i.holds {
			sentences = append(sentences, i.sentence)
		}
	}
	return sentences
}
