// A server that can be traced while it runs: /debug/pprof/trace, of net/http/pprof.
package main

import (
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"
)

func main() {
	address := "localhost:6060"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	go keepBusy()
	log.Fatal(http.ListenAndServe(address, nil))
}

// keepBusy is what there is to see.
func keepBusy() {
	for range time.Tick(10 * time.Millisecond) {
		squares := make(chan int)
		go func() {
			defer close(squares)
			for i := range 100 {
				squares <- i * i
			}
		}()
		sum := 0
		for square := range squares {
			sum += square
		}
		_ = fmt.Sprint(sum)
	}
}
