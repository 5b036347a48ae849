// Command server makes an execution trace of about a given size: a shop that serves orders over HTTP on the loopback
// interface, under load from clients in the same process. Most of its goroutines live for microseconds, as in a real
// server that fans out per request, and it blocks on everything that a server blocks on: the network, channels,
// locks, timers and wait groups. Go 1.21 builds it too, for traces in the format of that release.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/trace"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	procs       = 4
	clientCount = 48
	workerCount = 8
)

func main() {
	if len(os.Args) != 3 {
		usage()
	}
	megabytes, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil || megabytes <= 0 {
		usage()
	}
	if err := run(os.Args[1], megabytes*1_000_000); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server OUT MEGABYTES")
	os.Exit(2)
}

// run keeps the shop busy until at least size bytes of trace are in the file out. The last generation is flushed on
// top of that, so the trace gets a little larger.
func run(out string, size int64) error {
	runtime.GOMAXPROCS(procs)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: newShop(workerCount)}
	go server.Serve(listener)
	defer server.Close()

	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer file.Close()
	written := &countingWriter{to: file}
	if err := trace.Start(written); err != nil {
		return err
	}
	stopLoad := startLoad("http://"+listener.Addr().String()+"/orders", clientCount)
	for written.bytes.Load() < size && written.failed.Load() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	trace.Stop()
	stopLoad()
	if err := written.failed.Load(); err != nil {
		return *err
	}
	return file.Close()
}

// startLoad has that many clients order without a pause; the function it returns stops them and waits for them.
func startLoad(url string, clients int) func() {
	var stopped atomic.Bool
	var running sync.WaitGroup
	running.Add(clients)
	for id := 0; id < clients; id++ {
		go func(c *client) {
			defer running.Done()
			for !stopped.Load() {
				c.order()
			}
			c.close()
		}(newClient(id, url))
	}
	return func() {
		stopped.Store(true)
		running.Wait()
	}
}

// countingWriter counts what the trace writes: runtime/trace tells neither the size nor a failed write.
type countingWriter struct {
	to     io.Writer
	bytes  atomic.Int64
	failed atomic.Pointer[error]
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.bytes.Add(int64(n))
	if err != nil {
		w.failed.Store(&err)
	}
	return n, err
}
