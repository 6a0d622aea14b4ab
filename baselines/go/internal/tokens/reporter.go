package tokens

import (
	"log"
	"sync"
)

// reporter tells an operator what keeps good tokens out: a sentence when it begins and when it ends, not for each request.
type reporter struct {
	mu      sync.Mutex
	isAway  bool
	doubted bool
}

// reach tells that the issuer could not be asked, or, with nil, that it has answered.
func (r *reporter) reach(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if isAway := err != nil; isAway != r.isAway {
		r.isAway = isAway
		if isAway {
			log.Print(err)
		} else {
			log.Print("the issuer can be reached again")
		}
	}
}

// doubt tells once of a setting that does not fit the issuer's tokens.
func (r *reporter) doubt(issuer, setting string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.doubted {
		r.doubted = true
		log.Printf("a token with a good signature is of the issuer %q, and authIssuer is %q", issuer, setting)
	}
}
