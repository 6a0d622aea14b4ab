package server

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Offer is the workload that a client chose by the query of its upgrade request; echo when all of it is zero.
type Offer struct {
	// Room is the name of `?room=`.
	Room string
	// PushPeriod and PushBytes are `?push=MS&bytes=N`.
	PushPeriod time.Duration
	PushBytes  int
}

const defaultPushBytes = 64

func parseOffer(query url.Values) (Offer, error) {
	offer := Offer{Room: query.Get("room")}
	if !query.Has("push") {
		return offer, nil
	}
	period, err := strconv.Atoi(query.Get("push"))
	if err != nil || period < 1 {
		return offer, fmt.Errorf("push is %q; wanted: a whole number of milliseconds, at least 1", query.Get("push"))
	}
	offer.PushPeriod, offer.PushBytes = time.Duration(period)*time.Millisecond, defaultPushBytes
	if text := query.Get("bytes"); text != "" {
		if offer.PushBytes, err = strconv.Atoi(text); err != nil || offer.PushBytes < 0 {
			return offer, fmt.Errorf("bytes is %q; wanted: a whole number of bytes", text)
		}
	}
	return offer, nil
}

// Push calls send with a notification at each period until send returns false or done is closed. A notification is
// JSON, filled up to the offer's bytes: {"seq":1,"sentAt":1700000000000,"pad":"xxx"}; sentAt is Unix milliseconds.
func (o Offer) Push(done <-chan struct{}, send func(message []byte) bool) {
	ticker := time.NewTicker(o.PushPeriod)
	defer ticker.Stop()
	for seq := 1; ; seq++ {
		select {
		case <-done:
			return
		case now := <-ticker.C:
			if !send(notification(seq, now, o.PushBytes)) {
				return
			}
		}
	}
}

func notification(seq int, now time.Time, size int) []byte {
	message := make([]byte, 0, max(size, 64))
	message = append(message, `{"seq":`...)
	message = strconv.AppendInt(message, int64(seq), 10)
	message = append(message, `,"sentAt":`...)
	message = strconv.AppendInt(message, now.UnixMilli(), 10)
	if room := size - len(message) - len(`,"pad":""}`); room >= 0 {
		message = append(message, `,"pad":"`...)
		for range room {
			message = append(message, 'x')
		}
		message = append(message, '"')
	}
	return append(message, '}')
}
