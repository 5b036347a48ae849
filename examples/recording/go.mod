module example.com/recording

go 1.25
