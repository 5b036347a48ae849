/** More Ps than any runtime can have: each takes several kilobytes. A GOMAXPROCS beyond that is damage, and is left out. */
export const MOST_PROCS = 1 << 16;
