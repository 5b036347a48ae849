import { KIND_NAMES, kindInfo } from "../analysis/profile/kinds.js";

/** What stands below the options of every command. */
export const EXIT_CODES = `

Exit codes:
  0         done
  1         failed: nothing of use could be read, or the output could not be written
  2         wrong usage
  3         done, but part of the input was lost (1 with --strict)
  4         a limit of --assert is exceeded (check, batch)
  Where several apply, the first of 2, 1, 4, 3 wins.
  130, 143  stopped by SIGINT (Ctrl-C) or SIGTERM; 129 by SIGHUP. The first Ctrl-C during a capture only ends that: 3`;

export const PROGRAM_EXAMPLES = `
Examples:
  go2perfetto trace.out                  convert it to trace.pftrace, for ui.perfetto.dev
  go2perfetto open trace.out             open it in ui.perfetto.dev right away
  go2perfetto stats trace.out            what goroutines, the scheduler and the GC did, in figures
  go2perfetto pprof sync trace.out       where goroutines block, for go tool pprof: trace.sync.pb.gz
  go2perfetto check trace.out --assert 'sched.p99 < 5ms'
  go2perfetto diff before.out after.out   the same figures of two traces, with the change
  go2perfetto batch traces --out-dir converted
  go2perfetto info trace.out             say what it is
  go2perfetto localhost:6060             trace a running program for 5 seconds (net/http/pprof)
  go2perfetto help convert               all options of a command`;

export const CONVERT_EXAMPLES = `
OUT appears under its name when it is complete, and replaces another file only then; parts do when all of them are.
A part is what --from and --to give for its stretch of time, and sizes of parts are counted before .gz.

Examples:
  go2perfetto trace.out                  writes trace.pftrace
  go2perfetto trace.out -o out.pftrace.gz
  go2perfetto trace.out -o - > out.pftrace
  go2perfetto trace.out -o out.json.gz --tracks procs
  go2perfetto trace.out --from 10ms --to 20ms
  go2perfetto trace.out -o out.pftrace --split-time 1s
  go2perfetto trace.out --goroutine 1 --goroutine '/^main\\./' --related
  go2perfetto localhost:6060 --seconds 10 --save trace.out
  go2perfetto https://user:password@example.com/debug/pprof/trace -o out.pftrace`;

export const OPEN_EXAMPLES = `
Only this machine is served, only the viewer's pages get the trace, and the command ends when they have it.

Examples:
  go2perfetto open trace.out
  go2perfetto open localhost:6060 --seconds 2
  go2perfetto open trace.out --no-browser --keep
  go2perfetto open trace.out --ui https://perfetto.example.com/`;

export const PPROF_EXAMPLES = `
${kindLines()}

An interval counts from a goroutine's first run on, as for go tool trace; --from-creation also counts what came before.
Samples have the labels goroutine (the start function), reason, region and task: go tool pprof -tagfocus='sync.*' OUT

Examples:
  go2perfetto pprof sync trace.out       writes trace.sync.pb.gz
  go2perfetto pprof --all -o profiles trace.out
  go2perfetto pprof wait --reason '/^sleep/' trace.out -o sleep.pb.gz
  go2perfetto pprof sched trace.out -o - > sched.pb.gz
  go2perfetto pprof sync --base trace.out.gz trace.out -o more.pb.gz`;

/** A line for each kind of profile. */
function kindLines(): string {
  return ["Kinds:", ...KIND_NAMES.map((kind) => `  ${kind.padEnd(9)} ${kindInfo(kind).about}`)].join("\n");
}

export const OTLP_EXAMPLES = `
A tree of tasks is a trace, with its regions and logs; all else is one trace with a span for each goroutine. The environment
variables of OpenTelemetry's exporters (OTEL_EXPORTER_OTLP_ENDPOINT, …_HEADERS, …_CERTIFICATE, OTEL_SERVICE_NAME and so on)
count where no option is given. Exit code 1 if any span was not accepted.

Examples:
  go2perfetto otlp trace.out             to http://localhost:4318
  go2perfetto otlp trace.out --service-name shop --ui http://localhost:16686
  go2perfetto otlp trace.out --states all --min-block 0 --dry-run
  go2perfetto otlp trace.out --endpoint https://otlp.example --header 'Authorization: Bearer …'
  go2perfetto otlp trace.out -o spans.jsonl
  go2perfetto otlp localhost:6060 --seconds 60`;

export const INFO_EXAMPLES = `
Examples:
  go2perfetto info trace.out
  go2perfetto info - < trace.out.gz
  go2perfetto info --strict -q trace.out > /dev/null && echo complete`;

export const DUMP_EXAMPLES = `
A line is a time in nanoseconds since the start, thread (m), P (p) and goroutine (g), each - if there is none, then the
event with what else it has. With --wire it is an offset in the (decompressed) input, then a batch or an event.

Examples:
  go2perfetto dump trace.out | grep -w g=1
  go2perfetto dump trace.out | grep ' GoBlock .*reason="select"'
  go2perfetto dump --from 10ms --goroutine 1 trace.out
  go2perfetto dump --wire trace.out | head`;

export const STATS_EXAMPLES = `
Times of goroutines, tasks and regions are those of go tool trace; percentiles are within 1.6 %. A narrow terminal gets
fewer columns than a file.

Examples:
  go2perfetto stats trace.out
  go2perfetto stats --top 30 trace.out | less
  go2perfetto stats --markdown trace.out >> report.md
  go2perfetto stats --json trace.out | jq .sched.p99`;

export const CHECK_EXAMPLES = `
EXPR is FIGURE OPERATOR BOUND: a figure of stats --json (docs/figures.md names them all), one of < <= > >= == !=, and a
duration (5ms), a number, a share (5%) or a size (8MiB). Each is printed with its figure.

Examples:
  go2perfetto check trace.out --assert 'sched.p99 < 1s' 'gc.stw.max < 1s'
  go2perfetto check trace.out --assert 'block["chan receive"].total < 1h' 'goroutines.count < 10000'
  go2perfetto check trace.out --assert 'function["main.main"].exec < 10s' --junit report.xml`;

export const DIFF_EXAMPLES = `
Figures are those of stats --json (docs/figures.md), stacks those of the profiles running, wait, sched, syscall and cpu.
Sums grow with how long a trace lasts: compare traces of the same length, or the same part of each.

Examples:
  go2perfetto diff before.out after.out
  go2perfetto diff --top 30 before.out after.out | less
  go2perfetto diff --markdown before.out after.out >> report.md
  go2perfetto diff --to 10ms before.out after.out
  go2perfetto diff --json before.out after.out | jq '.stacks[0]'`;

export const BATCH_EXAMPLES = `
Outputs stand in D as the traces stand below the folder that all of IN have in common. In a folder, traces are files that
begin as such or are called .trace. Of the list, a shard is what a hash of the place in D says.

Examples:
  go2perfetto batch traces --out-dir converted
  go2perfetto batch 'traces/**/*.out' --out-dir converted --jobs 2 --resume
  find traces -name '*.out' | go2perfetto batch - --out-dir converted --report report.json
  go2perfetto batch traces --out-dir converted --shard 0/4
  go2perfetto batch traces --out-dir converted --also pprof,stats --assert 'sched.p99 < 1s'`;
