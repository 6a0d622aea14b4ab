package server

import (
	"strings"
	"testing"

	"ws-arena/baselines/internal/config"
)

func TestSettingsThatNoneOfTheseServersKeepsAreRefused(t *testing.T) {
	with := func(set func(*config.Config)) config.Config {
		c := config.Defaults()
		set(&c)
		return c
	}
	for _, c := range []struct {
		config   config.Config
		sentence string
	}{
		{with(func(c *config.Config) { c.AuthIssuer = "https://a.example" }), "authIssuer is https://a.example and must be empty"},
		{with(func(c *config.Config) { c.LongPolling = true }), "longPolling is true"},
	} {
		if err := unkept(c.config); err == nil || !strings.Contains(err.Error(), c.sentence) {
			t.Errorf("got %v, want %q", err, c.sentence)
		}
	}
	if err := unkept(config.Defaults()); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}
