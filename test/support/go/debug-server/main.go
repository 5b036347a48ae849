// Command debug-server is a program with net/http/pprof, under load unless it is told to be idle. It prints the
// address that it listens on, and ends when its standard input does.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"time"
)

var (
	idle         = flag.Bool("idle", false, "do nothing but answer")
	spin         = flag.Bool("spin", false, "keep one processor busy")
	writeTimeout = flag.Duration("write-timeout", 0, "how long the server may write an answer")
	login        = flag.String("login", "", "USER:PASSWORD that is asked for")
	certificates = flag.String("certificates", "", "serve TLS, ask for the client's certificate, and write ca.pem and client.pem into this folder")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "debug-server:", err)
		os.Exit(1)
	}
}

func run() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if *certificates != "" {
		config, err := makeCertificates(*certificates)
		if err != nil {
			return err
		}
		listener = tls.NewListener(listener, config)
	}
	server := &http.Server{Handler: handler(), WriteTimeout: *writeTimeout}
	go server.Serve(listener)
	if !*idle {
		startLoad()
	}
	if *spin {
		go func() {
			for {
			}
		}()
	}
	fmt.Println(address)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	// No profile is served beside this one.
	mux.HandleFunc("/alone/pprof/trace", pprof.Trace)
	mux.HandleFunc("POST /flight", flight)
	mux.Handle("/moved", http.RedirectHandler("http://name:secret@127.0.0.1:1/elsewhere?token=secret", http.StatusFound))
	if *login == "" {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user+":"+password != *login {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// startLoad keeps goroutines busy that hand work to one another, each of them short-lived.
func startLoad() {
	work := make(chan chan int)
	for range 4 {
		go worker(work)
	}
	for range 8 {
		go client(work)
	}
}

func worker(work <-chan chan int) {
	for answer := range work {
		go func() { answer <- len(make([]byte, 4096)) }()
	}
}

func client(work chan<- chan int) {
	for {
		answer := make(chan int)
		work <- answer
		<-answer
		time.Sleep(200 * time.Microsecond)
	}
}
