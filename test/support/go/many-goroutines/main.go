// Command many-goroutines traces a program that starts so many goroutines, some together, each of which waits for its
// turn once.
package main

import (
	"fmt"
	"os"
	"runtime/trace"
	"strconv"
	"sync"
)

func main() {
	if len(os.Args) != 4 {
		usage()
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		usage()
	}
	together, err := strconv.Atoi(os.Args[3])
	if err != nil || together <= 0 {
		usage()
	}
	if err := run(os.Args[1], count, together); err != nil {
		fmt.Fprintln(os.Stderr, "many-goroutines:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: many-goroutines OUT COUNT TOGETHER")
	os.Exit(2)
}

func run(out string, count, together int) error {
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	if err := trace.Start(file); err != nil {
		return err
	}
	for done := 0; done < count; done += together {
		visitors(min(together, count-done))
	}
	trace.Stop()
	return file.Close()
}

func visitors(count int) {
	var group sync.WaitGroup
	turn := make(chan int)
	for range count {
		group.Add(1)
		go visit(&group, turn)
	}
	for i := range count {
		turn <- i
	}
	group.Wait()
}

func visit(group *sync.WaitGroup, turn <-chan int) {
	<-turn
	group.Done()
}
