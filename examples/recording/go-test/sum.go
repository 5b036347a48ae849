// Package sum adds numbers up with several goroutines, for a test to trace.
package sum

import "sync"

// Parallel is the sum of the numbers below n, by so many goroutines.
func Parallel(n, workers int) int {
	parts := make(chan int, workers)
	var group sync.WaitGroup
	for worker := range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			part := 0
			for i := worker; i < n; i += workers {
				part += i
			}
			parts <- part
		}()
	}
	group.Wait()
	close(parts)
	total := 0
	for part := range parts {
		total += part
	}
	return total
}
