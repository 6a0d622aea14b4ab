// Package tokens decides by a request's JSON Web Token whether it is let in, and until when. packages/auth is the same rule
// for the servers in TypeScript.
package tokens

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"ws-arena/baselines/internal/config"
)

// Verdict is 200 with the time at which the token expires, or 401, 403 or 503 with a reason, which never holds the token.
type Verdict struct {
	Status int
	Until  time.Time
	Reason string
}

// Check decides on a request by its headers.
type Check func(http.Header) Verdict

// MaxBytes is the length of the longest token. A longer one is refused unread, as Nginx does.
const MaxBytes = 8192

// NewCheck is the check of a server with these settings; nil where no token is asked for.
func NewCheck(c config.Config) Check {
	switch {
	case c.AuthByProxy:
		return wordOfProxy
	case c.AuthIssuer == "":
		return nil
	}
	known := &keys{url: c.AuthJwksUrl, maxAge: c.AuthKeysMaxAge(), reporter: &reporter{}}
	return func(header http.Header) Verdict { return bySignature(tokenFrom(header), known, c) }
}

func refused(reason string) Verdict { return Verdict{Status: http.StatusUnauthorized, Reason: reason} }

func admitted(until time.Time) Verdict { return Verdict{Status: http.StatusOK, Until: until} }

// wordOfProxy goes by X-Token-Expires, which a proxy sets that has checked the token: seconds since 1970.
func wordOfProxy(header http.Header) Verdict {
	seconds, err := strconv.ParseFloat(header.Get("X-Token-Expires"), 64)
	if until := time.UnixMilli(int64(1000 * seconds)); err == nil && time.Now().Before(until) {
		return admitted(until)
	}
	return refused("no proxy has checked a token")
}

var (
	authorization = regexp.MustCompile(`(?i)^bearer +(\S+)$`)
	// Browsers cannot set headers: the token comes as the subprotocol after bearer.
	subprotocol = regexp.MustCompile(`(?i)^bearer\s*,\s*(\S+)$`)
	// Three parts in base64url without padding (RFC 7515, 7.1).
	compact = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]+$`)
)

// tokenFrom is the token of a request; empty when there is none in the form of a JWT. The one in Authorization wins.
func tokenFrom(header http.Header) string {
	found := authorization.FindStringSubmatch(strings.TrimSpace(header.Get("Authorization")))
	if found == nil {
		protocols := strings.Join(header.Values("Sec-WebSocket-Protocol"), ", ")
		found = subprotocol.FindStringSubmatch(strings.TrimSpace(protocols))
	}
	if found == nil || len(found[1]) > MaxBytes || !compact.MatchString(found[1]) {
		return ""
	}
	return found[1]
}

// algorithm is the one that is taken, Keycloak's default: a token does not choose how it is checked (RFC 8725, 3.1).
const algorithm = jose.RS256

type claims struct {
	jwt.Claims
	Access json.RawMessage `json:"realm_access"`
}

func bySignature(token string, known *keys, c config.Config) Verdict {
	if token == "" {
		return refused("there is no token")
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return refused("it is no JWT that " + string(algorithm) + " has signed")
	}
	key, err := known.named(parsed.Headers[0].KeyID)
	if err != nil {
		return Verdict{Status: http.StatusServiceUnavailable, Reason: err.Error()}
	}
	if key == nil {
		return refused("the issuer has no key of its name")
	}
	var said claims
	if err := parsed.Claims(key, &said); err != nil {
		return refused("its signature or its claims are wrong")
	}
	if said.Issuer != c.AuthIssuer {
		known.reporter.doubt(said.Issuer, c.AuthIssuer)
	}
	return judge(said, c, time.Now())
}

// judge decides on the claims of a token that is the issuer's (RFC 7519, 4.1).
func judge(said claims, c config.Config, now time.Time) Verdict {
	switch {
	case said.Issuer != c.AuthIssuer:
		return refused("it is of another issuer")
	case !said.Audience.Contains(c.AuthAudience):
		return refused("it is for another audience")
	case said.Expiry == nil:
		return refused("it does not expire")
	case !now.Before(said.Expiry.Time()):
		return refused("it has expired")
	case said.NotBefore != nil && now.Before(said.NotBefore.Time()):
		return refused("it is not valid yet")
	case c.AuthRole != "" && !slices.Contains(roles(said.Access), c.AuthRole):
		return Verdict{Status: http.StatusForbidden, Reason: "it does not name the role " + c.AuthRole}
	}
	return admitted(said.Expiry.Time())
}

// roles are where Keycloak puts the roles of a realm.
func roles(access json.RawMessage) []string {
	var realm struct {
		Roles []string `json:"roles"`
	}
	// What has another form names no role.
	_ = json.Unmarshal(access, &realm)
	return realm.Roles
}
