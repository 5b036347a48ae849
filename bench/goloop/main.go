// Command goloop reads every event of an execution trace with Go's own reader and prints how many there were.
// It does nothing with them: this is the least that any Go program on top of that reader costs.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/exp/trace"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: goloop TRACE")
		os.Exit(2)
	}
	n, err := countEvents(os.Args[1])
	if err != nil {
		fmt.Fprintf(os.Stderr, "goloop: %s: %v after %d events\n", os.Args[1], err, n)
		os.Exit(1)
	}
	fmt.Println(n)
}

func countEvents(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r, err := trace.NewReader(bufio.NewReader(f))
	if err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		if _, err := r.ReadEvent(); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}
