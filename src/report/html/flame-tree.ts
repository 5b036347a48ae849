import type { ProfileStream } from "../../analysis/profile/profile.js";
import { Heap } from "../../base/heap.js";
import type { FlameNode } from "./page-data.js";
import { shown } from "./text.js";

interface Node {
  readonly name: string;
  value: number;
  children: Map<string, Node> | undefined;
}

/** A frame that is kept, and what becomes of it. */
interface Kept {
  readonly node: Node;
  readonly children: Kept[];
}

/** A tree of frames for a flame graph, with at most as many as was asked for. */
export interface FlameTree {
  readonly root: FlameNode;
  readonly names: readonly string[];
  /** Number of frames in the tree, and of those that were summed up as "(other)". */
  readonly frames: number;
  readonly others: number;
  /** Nanoseconds. */
  readonly total: number;
}

const UNKNOWN = "(unknown)";

/**
 * The stacks of a profile as a tree by function, from the outermost frame inward. The frames with the most time are kept,
 * and below each of them the others are one frame, "(other: N functions)".
 * @param most frames to keep
 * @param longest characters of a name
 */
export function flameTree(profile: ProfileStream, title: string, most: number, longest: number): FlameTree {
  const root = treeOf(profile, title);
  const { kept, frames } = keptFrames(root, most);
  const names = new Map<string, number>();
  const numberOf = (name: string) => {
    const text = shown(name, longest);
    const number = names.get(text) ?? names.size;
    names.set(text, number);
    return number;
  };
  let others = 0;
  const written = ({ node, children }: Kept): FlameNode => {
    const left = (node.children?.size ?? 0) - children.length;
    const nodes = children.map(written);
    if (left > 0) {
      others += left;
      const time = [...(node.children?.values() ?? [])].reduce((sum, { value }) => sum + value, 0);
      const rest = time - children.reduce((sum, child) => sum + child.node.value, 0);
      nodes.push([numberOf(left === 1 ? "(other: 1 function)" : `(other: ${left} functions)`), rest]);
    }
    return nodes.length > 0 ? [numberOf(node.name), node.value, nodes] : [numberOf(node.name), node.value];
  };
  const tree = written(kept);
  return { root: tree, names: [...names.keys()], frames, others, total: root.value };
}

function treeOf({ samples }: ProfileStream, title: string): Node {
  const root: Node = { name: title, value: 0, children: undefined };
  for (const { stack, values } of samples) {
    const time = values[1] ?? 0;
    if (time <= 0) continue;
    root.value += time;
    let node = root;
    for (let i = stack.length - 1; i >= 0; i--) {
      node = childOf(node, stack[i]?.func || UNKNOWN);
      node.value += time;
    }
    if (stack.length === 0) childOf(root, "(no stack)").value += time;
  }
  return root;
}

function childOf(node: Node, name: string): Node {
  node.children ??= new Map();
  const known = node.children.get(name);
  if (known !== undefined) return known;
  const child: Node = { name, value: 0, children: undefined };
  node.children.set(name, child);
  return child;
}

/** The frames with the most time. No frame has more time than the one around it, so that one is kept too. */
function keptFrames(root: Node, most: number): { readonly kept: Kept; readonly frames: number } {
  const kept: Kept = { node: root, children: [] };
  const next = new Heap<{ readonly node: Node; readonly within: Kept }>(
    (a, b) => a.node.value > b.node.value,
  );
  const offer = (within: Kept) => {
    for (const node of within.node.children?.values() ?? []) next.push({ node, within });
  };
  offer(kept);
  let frames = 0;
  for (; frames < most; frames++) {
    const { first } = next;
    if (first === undefined) break;
    next.pop();
    const frame: Kept = { node: first.node, children: [] };
    first.within.children.push(frame);
    offer(frame);
  }
  return { kept, frames };
}
