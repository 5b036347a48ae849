module go2perfetto/bench/server

go 1.21
