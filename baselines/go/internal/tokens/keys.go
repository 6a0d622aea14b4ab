package tokens

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// keys are the public keys of the issuer by their names. They are fetched when one is asked for and those known are older
// than maxAge: a new key counts without a restart, and many unknown names make one fetch. While the issuer is away, known
// keys count.
type keys struct {
	url      string
	maxAge   time.Duration
	reporter *reporter

	mu      sync.Mutex
	known   map[string]*rsa.PublicKey
	asked   time.Time
	failure error
}

const maxKeySetBytes = 1 << 20

var client = http.Client{Timeout: 5 * time.Second}

// named is the key of that name; nil when the issuer has none. err says that nobody can tell.
func (k *keys) named(kid string) (key *rsa.PublicKey, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || time.Since(k.asked) >= k.maxAge {
		k.asked = time.Now()
		if known, err := fetch(k.url); err != nil {
			k.failure = fmt.Errorf("the keys at %s cannot be had (%w): a token of a key that is not known gets 503; check authJwksUrl and its realm", k.url, err)
		} else {
			k.known, k.failure = known, nil
		}
		k.reporter.reach(k.failure)
	}
	if key := k.known[kid]; key != nil {
		return key, nil
	}
	return nil, k.failure
}

func fetch(url string) (map[string]*rsa.PublicKey, error) {
	response, err := client.Get(url)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	err = json.NewDecoder(io.LimitReader(response.Body, maxKeySetBytes)).Decode(&set)
	if err != nil || set.Keys == nil {
		return nil, errors.New("no JWKS")
	}
	known := map[string]*rsa.PublicKey{}
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		// One of a kind that jose does not know is not for this algorithm.
		if json.Unmarshal(text, &key) != nil || key.KeyID == "" {
			continue
		}
		public, isRSA := key.Key.(*rsa.PublicKey)
		if isRSA && (key.Use == "" || key.Use == "sig") && (key.Algorithm == "" || key.Algorithm == string(algorithm)) {
			known[key.KeyID] = public
		}
	}
	return known, nil
}
