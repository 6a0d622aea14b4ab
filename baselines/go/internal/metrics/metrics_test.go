package metrics

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

type redis struct{}

func (redis) Up() bool    { return true }
func (redis) Lost() int64 { return 5 }

// What is served under a name must be what the foundation says of that name.
func TestNamesAndHelpAreThoseOfPackagesContract(t *testing.T) {
	source, err := os.ReadFile("../../../../packages/server-interface/src/metric-names.ts")
	if err != nil {
		t.Fatal(err)
	}
	var m Metrics
	m.Received(3)
	m.Sent(4)
	m.Closed(1000)
	m.Cut("pong_wait")
	m.Rejected(404)
	m.Redis = redis{}
	var text strings.Builder
	m.Write(&text)
	entries := regexp.MustCompile(`(?s)name: '([^']+)',\s*type: '([^']+)',\s*help: '([^']+)',\s*labels: \[([^\]]*)\]`).FindAllStringSubmatch(string(source), -1)
	if len(entries) < 6 {
		t.Fatalf("read %d metrics from metric-names.ts", len(entries))
	}
	for _, e := range entries {
		name, kind, help := e[1], e[2], e[3]
		if strings.Contains(help, "only where there is a loop") {
			continue
		}
		for _, line := range []string{"# HELP " + name + " " + help + "\n", "# TYPE " + name + " " + kind + "\n"} {
			if !strings.Contains(text.String(), line) {
				t.Errorf("no line %q", line)
			}
		}
		if label := strings.Trim(e[4], "' "); label != "" && !strings.Contains(text.String(), name+"{"+label+"=\"") {
			t.Errorf("%s has no label %s", name, label)
		}
	}
	for _, line := range []string{`ws_messages_total{direction="received"} 1`, `ws_message_bytes_total{direction="sent"} 4`, `ws_closes_total{code="1000"} 1`, `ws_cuts_total{reason="pong_wait"} 1`, `ws_rejected_upgrades_total{status="404"} 1`, "ws_redis_up 1", "ws_redis_lost_total 5"} {
		if !strings.Contains(text.String(), line+"\n") {
			t.Errorf("no line %q in\n%s", line, text.String())
		}
	}
}

func TestCodeLabelsAreThoseOfPackagesContract(t *testing.T) {
	node := exec.Command("node", "--input-type=module", "--eval", `
import { closeCodeLabel } from './packages/server-interface/src/close-code-label.ts';
console.log(JSON.stringify(Array.from({ length: 65536 }, (_, code) => closeCodeLabel(code))));`)
	node.Dir = "../../../.."
	out, err := node.Output()
	if err != nil {
		t.Skipf("packages/server-interface needs Node.js 22 to be read: %v", err)
	}
	var want []string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for code, label := range want {
		if got := codeLabel(code); got != label {
			t.Errorf("code %d counts as %s, want %s", code, got, label)
		}
	}
}
