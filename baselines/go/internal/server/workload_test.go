package server

import (
	"encoding/json"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"ws-arena/baselines/internal/config"
)

// admissions prints what packages/lifecycle makes of each query, and of a few notifications, as JSON.
const admissions = `
import { parseConfig } from './packages/config/src/parse-config.ts';
import { Admission } from './packages/lifecycle/src/admission.ts';
import { notification } from './packages/lifecycle/src/push-clock.ts';
const [queries, sizes] = JSON.parse(process.argv[1]);
const config = parseConfig();
const admission = new Admission(config, { connections: 0 });
console.log(JSON.stringify({
  admissions: queries.map((query) => admission.admit(config.path, query, undefined)),
  notifications: sizes.map((bytes) => notification(7, 1700000000000, bytes)),
}));`

type admission struct {
	Kind, Topic, Sentence   string
	Status, PeriodMs, Bytes int
}

var queries = []string{
	"", "a=1", "EIO=4&transport=websocket", "rooms=a", "bytes=9", "bytes=-1",
	"room=a", "room=a%20b", "room=a+b", "%72oom=a", "r%6Fom=a", "room=%", "room=%4", "room=%zz", "room=a;b", "room=a=b", "room=%25",
	"room", "room=", "room=&room=a", "room=a&room=", "room=a&push=200", "push=200&room=", "Room=a", "&&room=a",
	"push=10", "push=60000&bytes=512", "push=0200&bytes=0064", "push=200&push=5", "push=200&bytes=65536", "push=200&bytes=0",
	"push", "push=", "push=0", "push=5", "push=9", "push=60001", "push=-200", "push=200.5", "push=2e2", "push=0x20", "push=%2B200",
	"push=+200", "push=200ms", "push=2_000", "push=9223372036854775807", "push=10&bytes=9223372036854775807",
	"push=200&bytes=65537", "push=200&bytes=1000000000", "push=200&bytes=-1", "push=200&bytes=", "push=200&bytes", "push=200&bytes=1e3",
	"push=200&bytes=12345678901", "push=12345678901",
}

var sizes = []int{0, 1, 31, 32, 33, 40, 41, 42, 64, 1000}

// A query asks for the same here as of the servers in TypeScript, and a notification is the same text.
func TestWorkloadsAreThoseOfPackagesLifecycle(t *testing.T) {
	asked, _ := json.Marshal([]any{queries, sizes})
	node := exec.Command("node", "--input-type=module", "--eval", admissions, string(asked))
	node.Dir = "../../../.."
	out, err := node.Output()
	if err != nil {
		t.Skipf("packages/lifecycle needs Node.js 22 and an installed workspace to be read: %v", err)
	}
	var want struct {
		Admissions    []admission
		Notifications []string
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	s := &Server{Config: config.Defaults()}
	for i, query := range queries {
		if got := admitted(s.admit(s.Config.Path, query, "")); got != want.Admissions[i] {
			t.Errorf("?%s:\n got %+v\nwant %+v", query, got, want.Admissions[i])
		}
	}
	for i, size := range sizes {
		if got := string(notification(7, 1_700_000_000_000, size)); got != want.Notifications[i] {
			t.Errorf("notification of %d bytes:\n got %s\nwant %s", size, got, want.Notifications[i])
		}
	}
}

func admitted(w Workload, refused *refusal) admission {
	switch {
	case refused != nil:
		return admission{Kind: "refusal", Status: refused.status, Sentence: refused.sentence}
	case w.Topic == "":
		return admission{Kind: "echo"}
	case w.Room():
		return admission{Kind: "room", Topic: w.Topic}
	}
	return admission{Kind: "push", Topic: w.Topic, PeriodMs: int(w.PushPeriod / time.Millisecond), Bytes: w.PushBytes}
}

func TestRefusalsOfPathAndOrigin(t *testing.T) {
	s := &Server{Config: config.Defaults()}
	s.Config.OriginAllowList = []string{"https://a.example"}
	for _, c := range []struct {
		path, origin string
		status       int
	}{
		{s.Config.Path, "https://a.example", 0},
		{s.Config.Path + "/", "https://a.example", 404},
		{"/ws%2Dnotifications", "https://a.example", 404},
		{s.Config.Path, "https://b.example", 403},
		{s.Config.Path, "", 403},
	} {
		status := 0
		// The origin comes before the query, and the path before both.
		if _, refused := s.admit(c.path, "room=a", c.origin); refused != nil {
			status = refused.status
		}
		if status != c.status {
			t.Errorf("%s from %s: got %s, want %s", c.path, strconv.Quote(c.origin), strconv.Itoa(status), strconv.Itoa(c.status))
		}
	}
}
