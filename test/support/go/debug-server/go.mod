module debugserver

go 1.22
