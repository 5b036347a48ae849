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
import type { Profile, ProfileSample, SampleLabels } from "../../analysis/profile/profile.js";
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

/** A profile as the bytes of a `profile.proto`, not compressed: the same for the same profile. */
export function encodeProfile(profile: Profile, options: PprofOptions = {}): Uint8Array {
  return new Encoder(profile, options).bytes();
}

/** Collects what samples refer to. */
class Encoder {
  readonly #strings = new StringTable();
  readonly #functions = new Map<string, FunctionEntry>();
  readonly #locations = new Map<bigint, Location>();
  readonly #profile: Profile;
  readonly #options: PprofOptions;

  constructor(profile: Profile, options: PprofOptions) {
    this.#profile = profile;
    this.#options = options;
  }

  bytes(): Uint8Array {
    const { duration, period, periodType, sampleTypes, samples } = this.#profile;
    const { comments = [], start = 0n } = this.#options;
    const types = sampleTypes.map((type) => this.#type(type));
    const sample = samples.map((each) => this.#sample(each));
    return new PprofProfile({
      sampleType: types,
      defaultSampleType: types.at(-1)?.type ?? 0,
      sample,
      mapping: this.#mappings(),
      location: [...this.#locations.values()],
      function: [...this.#functions.values()],
      periodType: this.#type(periodType),
      period,
      timeNanos: start,
      durationNanos: duration,
      comment: comments.map((comment) => this.#strings.dedup(comment)),
      stringTable: this.#strings,
    }).encode();
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

  #location(frame: StackFrame): number {
    let location = this.#locations.get(frame.pc);
    if (location === undefined) {
      location = new Location({
        id: this.#locations.size + 1,
        mappingId: 1,
        address: frame.pc,
        line: frame.func === "" ? [] : [new Line({ functionId: this.#function(frame), line: frame.line })],
      });
      this.#locations.set(frame.pc, location);
    }
    return location.id as number;
  }

  #function({ file, func }: StackFrame): number {
    const key = `${file}\0${func}`;
    let entry = this.#functions.get(key);
    if (entry === undefined) {
      const name = this.#strings.dedup(func);
      const id = this.#functions.size + 1;
      entry = new FunctionEntry({ id, name, systemName: name, filename: this.#strings.dedup(file) });
      this.#functions.set(key, entry);
    }
    return entry.id as number;
  }

  /**
   * One mapping for all addresses. It says that symbols are complete; without it, pprof would search for the binary.
   */
  #mappings(): Mapping[] {
    const addresses = [...this.#locations.keys()];
    if (addresses.length === 0) return [];
    const first = addresses.reduce((least, each) => (each < least ? each : least));
    const last = addresses.reduce((most, each) => (each > most ? each : most));
    return [
      new Mapping({
        id: 1,
        memoryStart: (first / PAGE) * PAGE,
        memoryLimit: last >= LAST_PAGE ? LAST_ADDRESS : (last / PAGE + 1n) * PAGE,
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
        hasInlineFrames: true,
      }),
    ];
  }
}
