package main

import (
	"errors"
	"net/http"

	"ws-arena/baselines/internal/server"
)

func newEpollUpgrade(*server.Server) (func(http.ResponseWriter, *http.Request, server.Offer) error, error) {
	return nil, errors.New("--epoll is on its way")
}
