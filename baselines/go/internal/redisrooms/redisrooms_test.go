package redisrooms

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// start runs a Redis on port, which it keeps nothing of; 0 lets the system choose. It skips where there is none.
func start(t *testing.T, port int) (url string, stop func()) {
	t.Helper()
	if port == 0 {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port = free.Addr().(*net.TCPAddr).Port
		_ = free.Close()
	}
	server := exec.Command("redis-server", "--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Skipf("redis-server is not in the PATH: %v", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ready to accept connections") {
	}
	stop = func() { _ = server.Process.Kill(); _ = server.Wait() }
	t.Cleanup(stop)
	return fmt.Sprintf("redis://127.0.0.1:%d", port), stop
}

type heard struct {
	room   string
	binary bool
	data   string
}

func instance(t *testing.T, url string) (*Rooms, chan heard) {
	t.Helper()
	r, err := New(url)
	if err != nil {
		t.Fatal(err)
	}
	inbox := make(chan heard, 1000)
	r.Start(func(room string, binary bool, data []byte) { inbox <- heard{room, binary, string(data)} })
	return r, inbox
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not seen: %s", what)
		}
	}
}

func TestEveryInstanceHearsTheRoomsThatItFollowsInOneOrder(t *testing.T) {
	url, _ := start(t, 0)
	a, atA := instance(t, url)
	b, atB := instance(t, url)
	a.Follow("one")
	b.Follow("one")
	b.Follow("b alone")
	b.Publish("b alone", false, []byte("for b"))
	if first := <-atB; first != (heard{"b alone", false, "for b"}) {
		t.Errorf("got %v", first)
	}
	const each = 100
	for i := range each {
		a.Publish("one", i%2 == 0, []byte(fmt.Sprint("a", i)))
		b.Publish("one", false, []byte(fmt.Sprint("b", i)))
	}
	next := map[byte]int{}
	for range 2 * each {
		here, there := <-atA, <-atB
		if here != there {
			t.Fatalf("%v came at one where %v came at the other", here, there)
		}
		from := here.data[0]
		if want := fmt.Sprint(string(from), next[from]); here.data != want || here.binary != (from == 'a' && next[from]%2 == 0) {
			t.Fatalf("got %v, want %s", here, want)
		}
		next[from]++
	}
	// Who has left hears no more.
	b.Unfollow("one")
	b.Follow("b alone")
	until(t, "that one is left", func() bool {
		n := a.client.PubSubNumSub(t.Context(), channelPrefix+"one").Val()
		return n[channelPrefix+"one"] == 1
	})
	a.Publish("one", false, []byte("b is gone"))
	<-atA
	if len(atB) != 0 {
		t.Errorf("b heard %v", <-atB)
	}
}

func TestRoomsGoOnWhenRedisIsBack(t *testing.T) {
	url, stop := start(t, 0)
	r, inbox := instance(t, url)
	r.Follow("one")
	r.Publish("one", false, []byte("before"))
	<-inbox
	stop()
	until(t, "that it is away", func() bool { return !r.Up() })
	// Nothing blocks meanwhile.
	taken := r.Publish("one", false, []byte("meanwhile"))
	r.Follow("two")
	if taken || r.Lost() != 1 {
		t.Errorf("lost %d, want 1", r.Lost())
	}
	var port int
	fmt.Sscanf(url, "redis://127.0.0.1:%d", &port)
	start(t, port)
	until(t, "that it is back", r.Up)
	for _, room := range []string{"one", "two"} {
		r.Publish(room, false, []byte("after"))
		if got := <-inbox; got != (heard{room, false, "after"}) {
			t.Errorf("got %v", got)
		}
	}
	if r.Lost() != 1 {
		t.Errorf("lost %d, want 1", r.Lost())
	}
}

func TestAnInstanceStartsWithoutRedis(t *testing.T) {
	r, _ := instance(t, "redis://127.0.0.1:1")
	r.Follow("one")
	r.Publish("one", false, []byte("x"))
	if r.Up() || r.Lost() != 1 {
		t.Errorf("up %v, lost %d", r.Up(), r.Lost())
	}
}

func TestAPasswordIsInNoError(t *testing.T) {
	if _, err := New("redis://user:secret@host:port"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}
