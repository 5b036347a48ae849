package main

import (
	"bufio"
	"io"
	"log"
	"os"
	"time"
)

// shortSyscalls reads a byte with each call.
func shortSyscalls(mended bool) {
	zero, err := os.Open("/dev/zero")
	if err != nil {
		log.Fatal(err)
	}
	var from io.Reader = zero
	if mended {
		from = bufio.NewReader(zero)
	}
	b := make([]byte, 1)
	for i := 0; i < 10_000; i++ {
		if _, err := from.Read(b); err != nil { // planted: short-syscalls
			log.Fatal(err)
		}
	}
}

type slowFile struct{}

func (slowFile) Write(p []byte) (int, error) {
	time.Sleep(200 * time.Microsecond)
	return len(p), nil
}

// logging has a logger whose output is slow. Mended, each goroutine has its own.
func logging(mended bool) {
	all := log.New(slowFile{}, "", 0)
	together(8, func(int) {
		to := all
		if mended {
			to = log.New(slowFile{}, "", 0)
		}
		for i := 0; i < 20; i++ {
			to.Print("done") // planted: logging
		}
	})
}
