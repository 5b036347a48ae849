package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"time"
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

// asking has a client without a timeout, and a server that never answers. Mended, the server does.
func asking(mended bool) {
	debug.SetGCPercent(-1)
	end := make(chan bool)
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if !mended {
			<-end
		}
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve(listener)
	for i := 0; i < 30; i++ {
		go ask("http://" + listener.Addr().String()) // planted: asking
		time.Sleep(4 * time.Millisecond)
	}
}

func ask(url string) {
	if response, err := http.Get(url); err == nil {
		response.Body.Close()
	}
}
