// Package config reads the settings that packages/config defines: same names, same defaults, same refusals.
package config

// Config is the whole configuration of a server. Ms is milliseconds, Bytes is bytes. The proxy's settings are
// here because the invariants compare its timeouts with the server's own, and because one config is for all.
type Config struct {
	Host                       string   `json:"host"`
	Port                       int      `json:"port"`
	SocketPath                 string   `json:"socketPath"`
	Path                       string   `json:"path"`
	PingPeriodMs               int      `json:"pingPeriodMs"`
	PongWaitMs                 int      `json:"pongWaitMs"`
	WriteWaitMs                int      `json:"writeWaitMs"`
	ReadLimitBytes             int      `json:"readLimitBytes"`
	MaxBufferedBytes           int      `json:"maxBufferedBytes"`
	DeflateLevel               int      `json:"deflateLevel"`
	DeflateContextTakeover     bool     `json:"deflateContextTakeover"`
	DeflateThresholdBytes      int      `json:"deflateThresholdBytes"`
	MaxConnections             int      `json:"maxConnections"`
	LongPolling                bool     `json:"longPolling"`
	OriginAllowList            []string `json:"originAllowList"`
	HandshakeTimeoutMs         int      `json:"handshakeTimeoutMs"`
	ShutdownGraceMs            int      `json:"shutdownGraceMs"`
	DrainSpreadMs              int      `json:"drainSpreadMs"`
	RedisUrl                   string   `json:"redisUrl"`
	SocketioAdapter            string   `json:"socketioAdapter"`
	AuthIssuer                 string   `json:"authIssuer"`
	AuthAudience               string   `json:"authAudience"`
	AuthRole                   string   `json:"authRole"`
	AuthJwksUrl                string   `json:"authJwksUrl"`
	AuthKeysMaxAgeMs           int      `json:"authKeysMaxAgeMs"`
	AuthByProxy                bool     `json:"authByProxy"`
	ProxyReadTimeoutMs         int      `json:"proxyReadTimeoutMs"`
	ProxySendTimeoutMs         int      `json:"proxySendTimeoutMs"`
	ProxyKeepaliveConnections  int      `json:"proxyKeepaliveConnections"`
	ProxyConnectionsPerAddress int      `json:"proxyConnectionsPerAddress"`
	ProxyHandshakesPerSec      int      `json:"proxyHandshakesPerSec"`
	ProxyHandshakeBurst        int      `json:"proxyHandshakeBurst"`
	ProxyIntrospectionUrl      string   `json:"proxyIntrospectionUrl"`
	ProxyIntrospectionCacheMs  int      `json:"proxyIntrospectionCacheMs"`
}

const (
	dayMs    = 86_400_000
	maxInt31 = 0x7fff_ffff

	url            = `^(https?://[\w.:-]+(/[\w.:/~%-]*)?)?$`
	wantedURL      = "a URL such as https://sso.example.com/realms/name, or empty"
	redisURL       = `^(rediss?://([\w.%:-]+@)?[\w.:\[\]-]+(/\d+)?)?$`
	wantedRedisURL = "a URL such as redis://127.0.0.1:6379, or empty"

	name       = `^([\w.:/@-]+)?$`
	wantedName = "letters, digits and . : / @ _ -, or empty"
)

// option is one setting: its name in packages/config and how text becomes its value.
type option struct {
	name string
	set  func(c *Config, text string) error
}

var options = []option{
	text("host", func(c *Config) *string { return &c.Host }, `.`, "an address"),
	whole("port", func(c *Config) *int { return &c.Port }, 0, 65_535),
	text("socketPath", func(c *Config) *string { return &c.SocketPath }, `^(/[\w./-]{1,106})?$`, "an absolute path of at most 107 bytes, or empty"),
	text("path", func(c *Config) *string { return &c.Path }, `^/[\w./-]*$`, "a path such as /ws-notifications"),
	whole("pingPeriodMs", func(c *Config) *int { return &c.PingPeriodMs }, 10, dayMs),
	whole("pongWaitMs", func(c *Config) *int { return &c.PongWaitMs }, 20, dayMs),
	whole("writeWaitMs", func(c *Config) *int { return &c.WriteWaitMs }, 10, dayMs),
	whole("readLimitBytes", func(c *Config) *int { return &c.ReadLimitBytes }, 1, maxInt31),
	whole("maxBufferedBytes", func(c *Config) *int { return &c.MaxBufferedBytes }, 1024, maxInt31),
	whole("deflateLevel", func(c *Config) *int { return &c.DeflateLevel }, 0, 9),
	flag("deflateContextTakeover", func(c *Config) *bool { return &c.DeflateContextTakeover }),
	whole("deflateThresholdBytes", func(c *Config) *int { return &c.DeflateThresholdBytes }, 0, maxInt31),
	whole("maxConnections", func(c *Config) *int { return &c.MaxConnections }, 0, 10_000_000),
	flag("longPolling", func(c *Config) *bool { return &c.LongPolling }),
	list("originAllowList", func(c *Config) *[]string { return &c.OriginAllowList }),
	whole("handshakeTimeoutMs", func(c *Config) *int { return &c.HandshakeTimeoutMs }, 50, dayMs),
	whole("shutdownGraceMs", func(c *Config) *int { return &c.ShutdownGraceMs }, 0, dayMs),
	whole("drainSpreadMs", func(c *Config) *int { return &c.DrainSpreadMs }, 0, dayMs),
	text("redisUrl", func(c *Config) *string { return &c.RedisUrl }, redisURL, wantedRedisURL),
	text("socketioAdapter", func(c *Config) *string { return &c.SocketioAdapter }, `^(sharded|streams)$`, "sharded or streams"),
	text("authIssuer", func(c *Config) *string { return &c.AuthIssuer }, url, wantedURL),
	text("authAudience", func(c *Config) *string { return &c.AuthAudience }, name, wantedName),
	text("authRole", func(c *Config) *string { return &c.AuthRole }, name, wantedName),
	text("authJwksUrl", func(c *Config) *string { return &c.AuthJwksUrl }, url, wantedURL),
	whole("authKeysMaxAgeMs", func(c *Config) *int { return &c.AuthKeysMaxAgeMs }, 1000, dayMs),
	flag("authByProxy", func(c *Config) *bool { return &c.AuthByProxy }),
	whole("proxyReadTimeoutMs", func(c *Config) *int { return &c.ProxyReadTimeoutMs }, 10, dayMs),
	whole("proxySendTimeoutMs", func(c *Config) *int { return &c.ProxySendTimeoutMs }, 10, dayMs),
	whole("proxyKeepaliveConnections", func(c *Config) *int { return &c.ProxyKeepaliveConnections }, 0, 65_535),
	whole("proxyConnectionsPerAddress", func(c *Config) *int { return &c.ProxyConnectionsPerAddress }, 0, 1_000_000),
	whole("proxyHandshakesPerSec", func(c *Config) *int { return &c.ProxyHandshakesPerSec }, 0, 1_000_000),
	whole("proxyHandshakeBurst", func(c *Config) *int { return &c.ProxyHandshakeBurst }, 0, 1_000_000),
	text("proxyIntrospectionUrl", func(c *Config) *string { return &c.ProxyIntrospectionUrl }, url, wantedURL),
	whole("proxyIntrospectionCacheMs", func(c *Config) *int { return &c.ProxyIntrospectionCacheMs }, 0, dayMs),
}

// Defaults are the article's, as packages/config has them; a test compares the two.
func Defaults() Config {
	return Config{
		Host:                      "127.0.0.1",
		Port:                      8000,
		Path:                      "/ws-notifications",
		PingPeriodMs:              30_000,
		PongWaitMs:                60_000,
		WriteWaitMs:               15_000,
		ReadLimitBytes:            65_536,
		MaxBufferedBytes:          1_048_576,
		OriginAllowList:           []string{},
		HandshakeTimeoutMs:        10_000,
		ShutdownGraceMs:           10_000,
		DrainSpreadMs:             5000,
		SocketioAdapter:           "sharded",
		AuthKeysMaxAgeMs:          10_000,
		ProxyReadTimeoutMs:        90_000,
		ProxySendTimeoutMs:        90_000,
		ProxyKeepaliveConnections: 16,
		ProxyIntrospectionCacheMs: 10_000,
	}
}

// broken lists the sentences of the invariants that c breaks, in the order of packages/config.
func broken(c Config) []string {
	type invariant struct {
		holds    bool
		sentence string
	}
	invariants := []invariant{
		{c.PingPeriodMs < c.PongWaitMs, sentence("pingPeriodMs is %d and must be below pongWaitMs (%d): a healthy peer answers pings, so it would be cut off before the first ping could reach it", c.PingPeriodMs, c.PongWaitMs)},
		{c.ProxyReadTimeoutMs > c.PongWaitMs, sentence("proxyReadTimeoutMs is %d and must be above pongWaitMs (%d): Nginx would cut connections that the server still holds for healthy, and the client would see close code 1006", c.ProxyReadTimeoutMs, c.PongWaitMs)},
		{c.ProxySendTimeoutMs > c.WriteWaitMs, sentence("proxySendTimeoutMs is %d and must be above writeWaitMs (%d): Nginx would cut a slow reader before the server's own write deadline decides", c.ProxySendTimeoutMs, c.WriteWaitMs)},
		{c.MaxBufferedBytes >= c.ReadLimitBytes, sentence("maxBufferedBytes is %d and must be at least readLimitBytes (%d): the echo of one message that the limit lets in could not be queued", c.MaxBufferedBytes, c.ReadLimitBytes)},
		{c.DrainSpreadMs == 0 || c.DrainSpreadMs < c.ShutdownGraceMs, sentence("drainSpreadMs is %d and must be 0 or below shutdownGraceMs (%d): the process ends with the grace, and who is told last must have time to answer", c.DrainSpreadMs, c.ShutdownGraceMs)},
		{c.ProxyHandshakeBurst == 0 || c.ProxyHandshakesPerSec > 0, sentence("proxyHandshakeBurst is %d and must be 0 while proxyHandshakesPerSec is 0: a burst is what may exceed a rate, and there is none", c.ProxyHandshakeBurst)},
		{!c.LongPolling || c.MaxConnections > 0, "longPolling is true and maxConnections is 0; it must be above 0: a session over HTTP holds no descriptor, so nothing else bounds how many there are"},
	}
	for _, s := range []struct{ name, value string }{
		{"authAudience", c.AuthAudience}, {"authRole", c.AuthRole}, {"authJwksUrl", c.AuthJwksUrl}, {"proxyIntrospectionUrl", c.ProxyIntrospectionUrl},
	} {
		invariants = append(invariants, invariant{c.AuthIssuer != "" || s.value == "", sentence("%s is %s and must be empty while authIssuer is: without an issuer no token is checked", s.name, s.value)})
	}
	invariants = append(invariants,
		invariant{c.AuthIssuer == "" || !c.AuthByProxy, sentence("authByProxy is true and must be false with authIssuer (%s): the proxy takes the token out, so the server has none to check", c.AuthIssuer)},
		invariant{c.AuthIssuer == "" || c.AuthAudience != "", sentence("authAudience is empty and must be set with authIssuer (%s): a token that the issuer gave for another service would be let in", c.AuthIssuer)},
		invariant{c.AuthIssuer == "" || c.AuthJwksUrl != "", sentence("authJwksUrl is empty and must be set with authIssuer (%s): without its keys no signature can be checked", c.AuthIssuer)},
	)
	var sentences []string
	for _, i := range invariants {
		if !i.holds {
			sentences = append(sentences, i.sentence)
		}
	}
	return sentences
}
