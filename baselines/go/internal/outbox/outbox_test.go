package outbox

import (
	"errors"
	"reflect"
	"testing"
)

func TestOfferIsBoundedInBytesUntilTheWriterComesBack(t *testing.T) {
	o := New[string](10)
	for _, c := range []struct {
		item     string
		size     int
		ok, full bool
	}{{"a", 20, true, false}, {"b", 1, false, true}} {
		if ok, full := o.Offer(c.item, c.size); ok != c.ok || full != c.full {
			t.Errorf("Offer(%s) = %v, %v", c.item, ok, full)
		}
	}
	items, _ := o.take(nil)
	if !reflect.DeepEqual(items, []string{"a"}) {
		t.Errorf("took %v", items)
	}
	// What is being written still counts.
	if _, full := o.Offer("b", 1); !full {
		t.Error("there was room while the first was being written")
	}
	items, _ = o.take(items)
	if len(items) != 0 {
		t.Errorf("took %v", items)
	}
	if ok, _ := o.Offer("b", 10); !ok {
		t.Error("no room in an empty outbox")
	}
}

func TestFlushWaitsForTheWriter(t *testing.T) {
	o := New[int](1)
	var written []int
	ended := make(chan error)
	go func() { ended <- o.Send(func(item int) error { written = append(written, item); return nil }) }()
	for i := range 100 {
		// Each has room only once the one before was written.
		if ok, _ := o.Offer(i, 1); !ok {
			t.Fatalf("Offer(%d) was refused", i)
		}
		o.Flush()
	}
	o.Close()
	if err := <-ended; err != nil || len(written) != 100 || written[0] != 0 || written[99] != 99 {
		t.Errorf("wrote %v, %v", written, err)
	}
}

func TestWhatWasAcceptedBeforeCloseIsWrittenAndWaitedFor(t *testing.T) {
	o := New[int](10)
	o.Offer(1, 1)
	o.Offer(2, 1)
	o.Close()
	var written []int
	flushed := make(chan int)
	go func() { o.Flush(); flushed <- len(written) }()
	if ok, full := o.Offer(3, 1); ok || full {
		t.Errorf("Offer after Close = %v, %v", ok, full)
	}
	if err := o.Send(func(item int) error { written = append(written, item); return nil }); err != nil {
		t.Error(err)
	}
	if n := <-flushed; n != 2 || !reflect.DeepEqual(written, []int{1, 2}) {
		t.Errorf("wrote %v, %d of them when Flush returned", written, n)
	}
}

func TestAFailedWriteClosesTheOutbox(t *testing.T) {
	o := New[int](10)
	o.Offer(1, 1)
	broken := errors.New("broken")
	if err := o.Send(func(int) error { return broken }); err != broken || !o.Closed() {
		t.Errorf("Send returned %v, closed %v", err, o.Closed())
	}
	// Nobody waits for what is never written.
	o.Flush()
}
