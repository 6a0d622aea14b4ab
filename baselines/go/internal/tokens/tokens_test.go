package tokens

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ws-arena/baselines/internal/config"
)

func TestTokenFrom(t *testing.T) {
	const token = "aa.b-b.c_c"
	for _, c := range []struct{ authorization, protocols, want string }{
		{"Bearer " + token, "", token},
		{" bEARER   " + token + " ", "", token},
		{"", "bearer, " + token, token},
		{"", "Bearer ,\t" + token, token},
		{"Bearer " + token, "bearer, other.other.other", token},
		{"Basic " + token, "bearer, " + token, token},
		{"", "chat, bearer, " + token, ""},
		{"", "bearer", ""},
		{"Bearer a.b", "", ""},
		{"Bearer a.b.c=", "", ""},
		{"Bearer ..", "", ""},
		{"Bearer a.b." + strings.Repeat("c", MaxBytes), "", ""},
	} {
		header := http.Header{}
		header.Set("Authorization", c.authorization)
		header.Set("Sec-WebSocket-Protocol", c.protocols)
		if got := tokenFrom(header); got != c.want {
			t.Errorf("%q, %q: got %q, want %q", c.authorization, c.protocols, got, c.want)
		}
	}
	// In two headers of one name it is the same as in one (RFC 9110, 5.2).
	if got := tokenFrom(http.Header{"Sec-Websocket-Protocol": {"bearer", token}}); got != token {
		t.Errorf("in two headers: got %q", got)
	}
}

func TestWordOfProxy(t *testing.T) {
	check := NewCheck(config.Config{AuthByProxy: true})
	for _, c := range []struct {
		expires string
		status  int
	}{{"", 401}, {"soon", 401}, {"1", 401}, {"inf", 401}, {"nan", 401}, {"32503680000.5", 200}} {
		verdict := check(http.Header{"X-Token-Expires": {c.expires}})
		if verdict.Status != c.status {
			t.Errorf("%q: got %d, want %d", c.expires, verdict.Status, c.status)
		}
		if verdict.Status == 200 && verdict.Until.Year() != 3000 {
			t.Errorf("%q: until %s", c.expires, verdict.Until.UTC().Format(time.RFC3339))
		}
	}
}
