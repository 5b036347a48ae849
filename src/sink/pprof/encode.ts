import {
  Function as FunctionEntry,
  Label,
  Line,
  Location,
  Mapping,
  Profile as PprofProfile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import type { SampleType } from "../../analysis/profile/kinds.js";
import type {
  AnyKind,
  Profile,
  ProfileSample,
  ProfileStream,
  SampleLabels,
} from "../../analysis/profile/profile.js";
import { ByteWriter } from "../../bytes/writer.js";
import type { StackFrame } from "../../event/tables.js";

export interface PprofOptions {
  /** Wall clock at the start of the trace, in nanoseconds since 1970, if known. */
  readonly start?: bigint | undefined;
  /** Text for `go tool pprof -comments`. */
  readonly comments?: readonly string[];
}

const LABELS: readonly (keyof SampleLabels)[] = ["goroutine", "reason", "region", "task"];
/** Size of a page: mappings begin and end at those. */
const PAGE = 4096n;
const LAST_ADDRESS = 2n ** 64n - 1n;
const LAST_PAGE = 2n ** 64n - PAGE;
/** Tags of the fields of `Profile` that hold messages. */
const TAG = { sampleType: 0x0a, sample: 0x12, mapping: 0x1a, location: 0x22, function: 0x2a } as const;
const PIECE = 1 << 16;

/** A profile as the bytes of a `profile.proto`, not compressed: the same for the same profile. */
export function encodeProfile(profile: Profile, options: PprofOptions = {}): Uint8Array {
  const out = new ByteWriter();
  for (const piece of encodeInPieces(profile, options)) out.bytes(piece);
  return out.view().slice();
}

/** The same in pieces of about 64 kB. A piece is valid until the next one is requested. */
export function encodeInPieces(
  profile: ProfileStream<AnyKind>,
  options: PprofOptions = {},
): Iterable<Uint8Array> {
  return new Encoder(profile, options).pieces();
}

/**
 * Collects what samples refer to. Fields of `Profile` are written in numeric order, as in `pprof-format`,
 * which encodes their contents.
 */
class Encoder {
  readonly #strings = new StringTable();
  /** Ids by file and name, and by address. */
  readonly #functionIds = new Map<string, number>();
  readonly #locationIds = new Map<bigint, number>();
  readonly #functions = new ByteWriter();
  readonly #locations = new ByteWriter();
  /** The least and the greatest address. */
  #first = LAST_ADDRESS;
  #last = 0n;
  readonly #profile: ProfileStream<AnyKind>;
  readonly #options: PprofOptions;

  constructor(profile: ProfileStream<AnyKind>, options: PprofOptions) {
    this.#profile = profile;
    this.#options = options;
  }

  *pieces(): Generator<Uint8Array> {
    const { duration, period, periodType, sampleTypes, samples } = this.#profile;
    const { comments = [], start = 0n } = this.#options;
    const out = new ByteWriter();
    const types = sampleTypes.map((type) => this.#type(type));
    for (const type of types) out.nested(TAG.sampleType, type.encode());
    for (const sample of samples) {
      out.nested(TAG.sample, this.#sample(sample).encode());
      if (out.length < PIECE) continue;
      yield out.view();
      out.clear();
    }
    if (this.#locationIds.size > 0) out.nested(TAG.mapping, this.#mapping().encode());
    yield out.view();
    yield* slices(this.#locations.view());
    yield* slices(this.#functions.view());
    yield* slices(
      new PprofProfile({
        defaultSampleType: types.at(-1)?.type ?? 0,
        periodType: this.#type(periodType),
        period,
        timeNanos: start,
        durationNanos: duration,
        comment: comments.map((comment) => this.#strings.dedup(comment)),
        stringTable: this.#strings,
      }).encode(),
    );
  }

  #type({ type, unit }: SampleType): ValueType {
    return new ValueType({ type: this.#strings.dedup(type), unit: this.#strings.dedup(unit) });
  }

  #sample({ stack, values, labels }: ProfileSample): Sample {
    return new Sample({
      locationId: stack.map((frame) => this.#location(frame)),
      value: [...values],
      label: LABELS.filter((name) => labels[name] !== "").map(
        (name) => new Label({ key: this.#strings.dedup(name), str: this.#strings.dedup(labels[name]) }),
      ),
    });
  }

  #location({ pc, func, file, line }: StackFrame): number {
    const known = this.#locationIds.get(pc);
    if (known !== undefined) return known;
    const id = this.#locationIds.size + 1;
    this.#locationIds.set(pc, id);
    const lines = func === "" ? [] : [new Line({ functionId: this.#function(file, func), line })];
    const location = new Location({ id, mappingId: 1, address: pc, line: lines });
    this.#locations.nested(TAG.location, location.encode());
    if (pc < this.#first) this.#first = pc;
    if (pc > this.#last) this.#last = pc;
    return id;
  }

  #function(file: string, func: string): number {
    const key = `${file}\0${func}`;
    const known = this.#functionIds.get(key);
    if (known !== undefined) return known;
    const id = this.#functionIds.size + 1;
    this.#functionIds.set(key, id);
    const name = this.#strings.dedup(func);
    const entry = new FunctionEntry({ id, name, systemName: name, filename: this.#strings.dedup(file) });
    this.#functions.nested(TAG.function, entry.encode());
    return id;
  }

  /**
   * One mapping for all addresses. It marks symbols as complete; otherwise pprof would search for the binary.
   */
  #mapping(): Mapping {
    return new Mapping({
      id: 1,
      memoryStart: (this.#first / PAGE) * PAGE,
      memoryLimit: this.#last >= LAST_PAGE ? LAST_ADDRESS : (this.#last / PAGE + 1n) * PAGE,
      hasFunctions: true,
      hasFilenames: true,
      hasLineNumbers: true,
      hasInlineFrames: true,
    });
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
