package outbox

import (
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
	<-o.Wake
	items, _ := o.Take(nil)
	if !reflect.DeepEqual(items, []string{"a"}) {
		t.Errorf("took %v", items)
	}
	// What is being written still counts.
	if _, full := o.Offer("b", 1); !full {
		t.Error("there was room while the first was being written")
	}
	items, _ = o.Take(items)
	if len(items) != 0 {
		t.Errorf("took %v", items)
	}
	if ok, _ := o.Offer("b", 10); !ok {
		t.Error("no room in an empty outbox")
	}
}

func TestPutWaitsForTheWriter(t *testing.T) {
	o := New[int](1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 100 {
			if ok, _ := o.Put(i, 1); !ok {
				t.Errorf("Put(%d) was refused", i)
			}
		}
		o.Close()
	}()
	var got, items []int
	for closed := false; !closed; {
		<-o.Wake
		for items, closed = o.Take(items); len(items) > 0; items, closed = o.Take(items) {
			got = append(got, items...)
		}
	}
	<-done
	if len(got) != 100 || got[0] != 0 || got[99] != 99 {
		t.Errorf("got %v", got)
	}
}

func TestCloseLetsGoWhoWaitsAndKeepsWhatWasAccepted(t *testing.T) {
	o := New[int](1)
	o.Put(1, 1)
	refused := make(chan bool)
	go func() {
		ok, _ := o.Put(2, 1)
		refused <- ok
	}()
	o.Close()
	if <-refused {
		t.Error("Put after Close was accepted")
	}
	items, closed := o.Take(nil)
	if !reflect.DeepEqual(items, []int{1}) || !closed {
		t.Errorf("took %v, closed %v", items, closed)
	}
}
