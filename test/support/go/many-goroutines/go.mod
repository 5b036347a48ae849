module many-goroutines

go 1.22
