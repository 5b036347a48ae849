//go:build !go1.25

package main

import "net/http"

// flight answers that Go before 1.25 has no flight recorder.
func flight(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "no flight recorder", http.StatusNotFound)
}
