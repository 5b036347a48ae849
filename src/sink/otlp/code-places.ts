import type { Attributes } from "@opentelemetry/api";
import type { Generation } from "../../event/generation.js";
import { startFrame } from "../../event/start-frame.js";
import type { StackFrame } from "../../event/tables.js";
import { Attribute } from "./attributes.js";

/** Packages that are never the cause. A place in the code is the innermost frame outside of them. */
const RUNTIME = /^((runtime|runtime\/trace|internal\/[\w/]+|sync|syscall)\.|go\.opentelemetry\.io\/otel\/)/;

/** A stack as attributes of a span. Its text is made on first use. */
export class CodePlace {
  /** Attributes of spans at this place, to be copied, by a key of the caller. */
  readonly templates = new Map<number, Attributes>();
  readonly #frames: readonly StackFrame[];
  #text: string | undefined;
  #top: StackFrame | undefined;

  constructor(frames: readonly StackFrame[]) {
    this.#frames = frames;
  }

  /** The stack in Go's own format. */
  get text(): string {
    this.#text ??= this.#frames.map(frameText).join("\n");
    return this.#text;
  }

  /** Adds where the code was, with the stack. */
  describe(attributes: Attributes): void {
    this.describeTop(attributes);
    attributes[Attribute.Stack] = this.text;
  }

  /** Adds where the code was. */
  describeTop(attributes: Attributes): void {
    this.#top ??= this.#frames.find(({ func }) => !RUNTIME.test(func)) ?? this.#frames[0];
    describeFrame(this.#top as StackFrame, attributes);
  }

  /** Adds where a goroutine starts. */
  describeStart(attributes: Attributes): void {
    describeFrame(startFrame(this.#frames) as StackFrame, attributes);
  }
}

/** The stacks of the current generation. */
export class CodePlaces {
  #generation: Generation | undefined;
  #places: (CodePlace | undefined)[] = [];

  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#places = [];
  }

  /** The stack at an index; undefined for none. */
  of(stack: number): CodePlace | undefined {
    if (stack === 0) return undefined;
    const known = this.#places[stack];
    if (known !== undefined) return known;
    const frames = this.#generation?.stacks.frames(stack) ?? [];
    if (frames.length === 0) return undefined;
    const place = new CodePlace(frames);
    this.#places[stack] = place;
    return place;
  }
}

function describeFrame({ func, file, line }: StackFrame, attributes: Attributes): void {
  if (func !== "") attributes[Attribute.Function] = func;
  if (file === "") return;
  attributes[Attribute.File] = file;
  attributes[Attribute.Line] = line;
}

/** A frame without symbols, as in traces of Go 1.6 and before, is its address. */
function frameText({ pc, func, file, line }: StackFrame): string {
  const name = func === "" ? `0x${pc.toString(16)}` : func;
  return file === "" ? name : `${name}\n\t${file}:${line}`;
}
