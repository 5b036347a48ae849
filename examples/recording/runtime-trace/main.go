// Records itself from start to end with runtime/trace, with a task, regions and a log.
package main

import (
	"context"
	"log"
	"os"
	"runtime/trace"
	"sync"
)

func main() {
	file, err := os.Create("trace.out")
	if err != nil {
		log.Fatal(err)
	}
	if err := trace.Start(file); err != nil {
		log.Fatal(err)
	}
	handleOrders(8)
	// A trace without its end lacks names: stop it before the program leaves.
	trace.Stop()
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}

func handleOrders(count int) {
	var group sync.WaitGroup
	for id := range count {
		group.Add(1)
		go func() {
			defer group.Done()
			handleOrder(id)
		}()
	}
	group.Wait()
}

func handleOrder(id int) {
	ctx, task := trace.NewTask(context.Background(), "order")
	defer task.End()
	trace.Logf(ctx, "order", "number %d", id)
	trace.WithRegion(ctx, "price", func() { work(200_000) })
	trace.WithRegion(ctx, "pack", func() { work(100_000) })
}

func work(rounds int) (sum uint64) {
	for i := range rounds {
		sum = sum*31 + uint64(i)
	}
	return sum
}
