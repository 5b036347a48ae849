package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
)

// connections has eight clients that open a connection for each request. Mended, they keep theirs.
func connections(mended bool) {
	debug.SetGCPercent(-1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "hello")
	})}
	go server.Serve(listener)
	defer server.Close()
	transport := &http.Transport{DisableKeepAlives: !mended, MaxIdleConnsPerHost: 8}
	client := &http.Client{Transport: transport}
	together(8, func(int) {
		for i := 0; i < 15; i++ {
			response, err := client.Get("http://" + listener.Addr().String())
			if err != nil {
				log.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	})
}
