import { FIRST_FREE_TID, RUNTIME } from "../goroutine-groups.js";

/** The goroutine that sweeps, the runtime's first one but for {@link KERNEL}: all Go releases since 1.5 start it third. */
const FIRST_OF_RUNTIME = 3;
/** The UI takes the threads of this process for those of Linux itself. */
const KERNEL = 2;

/**
 * Hands out process ids for groups of goroutines. The UI shows the id of a process after its name. So the id is that of the
 * group's first goroutine, as Linux gives a process the id of its first thread. Ids that no group can have, or that
 * another group has, which only damaged traces bring about, are replaced by free ones.
 */
export class GroupIds {
  readonly #taken = new Set<number>([0, KERNEL]);
  readonly #free: () => number;

  /** @param free gives an id that no thread has */
  constructor(free: () => number) {
    this.#free = free;
  }

  /** The id of a new process of a group. @param tid its first thread */
  next(group: string, tid: number): number {
    const wanted = group === RUNTIME && !this.#taken.has(FIRST_OF_RUNTIME) ? FIRST_OF_RUNTIME : tid;
    const id = wanted >= FIRST_FREE_TID || this.#taken.has(wanted) ? this.#free() : wanted;
    this.#taken.add(id);
    return id;
  }
}
