import { HEADER_LENGTH } from "../../src/wire/format.js";
import { assemble } from "./assemble.js";
import { type Pieces, takeApart } from "./pieces.js";

/** Whether an input still has what was found. */
export type StillFails = (bytes: Uint8Array) => Promise<boolean>;

/**
 * Makes an input that fails as small as it gets by leaving out parts, larger ones first (delta debugging): batches, then events and
 * entries of tables, then bytes.
 * @param most inputs that are tried
 */
export async function minimized(input: Uint8Array, stillFails: StillFails, most = 600): Promise<Uint8Array> {
  let left = most;
  const tried: StillFails = async (bytes) => left-- > 0 && (await stillFails(bytes));
  let smallest = input;
  const smaller = async (bytes: Uint8Array): Promise<boolean> => {
    if (bytes.length >= smallest.length || !(await tried(bytes))) return false;
    smallest = bytes;
    return true;
  };
  const pieces = takeApart(input);
  const batches = await reduced(pieces.batches, (some) => smaller(assemble({ ...pieces, batches: some })));
  let fewer: Pieces = { ...pieces, batches };
  for (let index = 0; index < batches.length; index++) {
    const withItems = (items: Pieces["batches"][number]["items"]): Pieces => ({
      ...fewer,
      batches: fewer.batches.map((batch, i) => (i === index ? { ...batch, items } : batch)),
    });
    const items = await reduced(fewer.batches[index]?.items ?? [], (some) =>
      smaller(assemble(withItems(some))),
    );
    fewer = withItems(items);
  }
  const head = smallest.subarray(0, HEADER_LENGTH);
  await reduced([...smallest.subarray(HEADER_LENGTH)], (some) =>
    smaller(Uint8Array.from([...head, ...some])),
  );
  return smallest;
}

/** Leaves out parts of a list, of half its length down to single ones, as long as the rest is still good. */
async function reduced<T>(
  all: readonly T[],
  isGood: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let list = all;
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < list.length; ) {
      const some = [...list.slice(0, at), ...list.slice(at + size)];
      if (await isGood(some)) list = some;
      else at += size;
    }
  }
  return list;
}
