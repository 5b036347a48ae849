/** Types of spans. */
export const SpanType = {
  /** The whole trace: root of the spans that belong to no task. */
  Capture: 0,
  Goroutine: 1,
  Task: 2,
  Region: 3,
  Runnable: 4,
  Blocked: 5,
  Syscall: 6,
  /** Root of the runtime's spans. */
  Runtime: 7,
  Gc: 8,
  StopTheWorld: 9,
  /** What a goroutine does for a span of the program's own tracing, outside of tasks and regions. */
  Stretch: 10,
} as const;
export type SpanType = (typeof SpanType)[keyof typeof SpanType];

/** Names for people, by value. */
export const SPAN_TYPE_NAMES = [
  "capture",
  "goroutine",
  "task",
  "region",
  "runnable",
  "blocked",
  "syscall",
  "runtime",
  "GC",
  "stop-the-world",
  "stretch",
] as const;
