package main

import "time"

// serial has a phase in which one goroutine runs, between two in which two do. Mended, only one ever runs: that is
// how the program is.
func serial(mended bool) {
	half := func(int) { compute(50 * time.Millisecond) }
	if mended {
		half(0)
	} else {
		together(2, half)
	}
	compute(60 * time.Millisecond) // planted: serial
	if mended {
		half(0)
	} else {
		together(2, half)
	}
}
