package sum

import "testing"

func TestParallel(t *testing.T) {
	if got := Parallel(1000, 7); got != 499500 {
		t.Errorf("the sum is %d", got)
	}
}

func BenchmarkParallel(b *testing.B) {
	for b.Loop() {
		Parallel(100_000, 8)
	}
}
