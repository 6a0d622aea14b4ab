package server

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

type inbox chan string

func (i inbox) Deliver(message string) { i <- message }

func TestAPushIsOneSequenceForAllItsMembers(t *testing.T) {
	topics := NewTopics(&Server{}, func(_ bool, data []byte) string { return string(data) })
	workload := Workload{Topic: "push/10/0", PushPeriod: 10 * time.Millisecond}
	first, second := make(inbox, 100), make(inbox, 100)
	topic := topics.Join(workload, first)
	<-first
	if topics.Join(workload, second) != topic {
		t.Error("the same push became another topic")
	}
	joined := <-second
	for seq := 1; ; seq++ {
		message := <-first
		if !strings.HasPrefix(message, fmt.Sprintf(`{"seq":%d,`, seq)) {
			t.Fatalf("got %s, want seq %d", message, seq)
		}
		if message == joined {
			break
		}
	}
	topic.Leave(first)
	topic.Leave(first)
	topic.Leave(second)
	<-topic.done
	if next := topics.Join(workload, first); next == topic {
		t.Error("a topic continued without members")
	} else {
		next.Leave(first)
	}
}
