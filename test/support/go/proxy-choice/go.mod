module proxychoice

go 1.22
