// @module-tag long

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Analysis, analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import {
  type ExplainReport,
  FINDING_KINDS,
  type FindingKind,
} from "../../../src/analysis/explain/finding.js";
import type { EventBlock } from "../../../src/event/block.js";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import { FIXTURES } from "../../support/corpus.js";
import { FAULT_RELEASES, faultTrace, plantedLines } from "../../support/planted-faults.js";

const LINES = plantedLines();

/** What a finding must say besides its kind and line. */
const SAYS: Readonly<Record<string, RegExp>> = {
  "lock-contention":
    /^Up to 7 goroutines .* 159 times.* which slept .* It slept mostly at main\.lockContention\.func1 \(waits\.go:15\)\.$/s,
  "lock-lines":
    /^Goroutines waited at 2 lines for a lock that the same calls unlock, main\.\(\*accounts\)\.(rename|move) \(locks\.go:\d+\) and main\.\(\*accounts\)\.(rename|move) .* which slept 9/s,
  "lock-holder":
    /^Up to 3 .* 9 times, .* ended by main\.together\.func[12] .* which was in system calls 99\.\d% of the time\. Its system calls were mostly at main\.\(\*journal\)\.rotate \(locks\.go:64\)\.$/,
  "blocked-holder":
    /^Up to 3 .* 78 times, .* which was blocked 99\.\d% of the time\. It was blocked mostly at main\.blockedHolder\.func2 \(locks\.go:94\)\.$/,
  "busy-holder":
    /^Up to 5 .* which slept [89]\d\.\d%.* of the time\. It slept mostly at main\.busyHolder\.func1 \(locks\.go:123\)\.$/,
  "slow-consumer":
    / (99|100) times.* ended by main\.together\.func[12] at main\.slowConsumer\.func1 .* which slept /s,
  "slow-fan-in": / 1[4-9]\d times.* ended by main\.main at main\.slowFanIn .* which ran 9/s,
  "slow-tokens":
    /^Up to [67] .* waited for one another at main\.slowTokens\.func1 .* ended by main\.together\.func[12] .* which slept 9/s,
  "slow-semaphore":
    /^Up to 6 .* for one another, to send to a channel, at main\.slowSemaphore\.func1 .* which slept 9/s,
  "semaphore-lines":
    /^Up to 6 .* for one another, to send to a channel, at main\.semaphoreLines\.func1 .* which slept (8[5-9]|9\d)\.\d% .* mostly at main\.semaphoreLines\.func1 \(queues\.go:148\)\.$/,
  "slow-cond": / ended by main\.slowCond\.func1 .* which ran /s,
  "shared-call":
    /^Up to (1\d|20) .* waited for one another at main\.sharedCall\.func1 .* which slept (8[5-9]|9\d)\.\d% .* mostly at main\.sharedCall\.func1 \(queues\.go:\d+\)\.$/,
  "slow-select": / ended by main\.slowSelect\.func1 .* which ran /s,
  "slow-producer": / ended by main\.slowProducer\.func1 .* which ran /s,
  "slow-stage":
    /^Up to 3 .* for another goroutine at main\.stage .* which slept 9.* Mostly one of main\.stage, goroutine \d+, kept them waiting\.$/s,
  straggler: / ended by main\.straggler\.func1 .* which ran /s,
  serial:
    /^One goroutine ran alone.*: once, for \d\d\.\d ms, goroutines of main\.main \(100\.0%\)\. In the rest, [12]\.\d goroutines ran at once /s,
  "too-few-ps": /all 2 Ps were busy.* Goroutines of main\.together\.func[12] \(\d+\.\d%\)/s,
  hog: / 2 runs went on .* goroutines of main\.together\.func[12] /,
  gc: / 2\d cycles.* The program began 20 of them itself, at main\.gc \(memory\.go:37\)\.$/s,
  "gc-assist": /( 9\d\.\d%| 100\.0%) .* was taken from goroutines of main\.together\.func[12]\./s,
  "stop-the-world":
    /"read mem stats" at main\.stopTheWorld \(procs\.go:77\), .* goroutine \d+ \(main\.stopTheWorld\.func1\).* taken from goroutines of main\.stopTheWorld\.func1\.$/s,
  "sampled-hog": / 2 runs went on .* CPU samples show that they did run\.$/s,
  "sampled-stop":
    /"read mem stats" at main\.stopTheWorld .* CPU samples show that what stopped last did run: it did not give way\. /s,
  syscalls: /^80 system calls .* at most \(syscall\.Nanosleep\); .* lost their P/s,
  "short-syscalls":
    /^10,00\d system calls at main\.shortSyscalls .* per second, took .* \(syscall\.read\)\.$/,
  logging:
    /^Up to 7 .* at log\.\(\*Logger\)\.[oO]utput .*, the longest from main\.logging\.func1 .* which slept .* mostly at main\.slowFile\.Write \(output\.go:32\)\.$/s,
  leak: /^\d+ goroutines of main\.wait, .* wait at its end \(chan receive\) at main\.wait /s,
  asking:
    /^\d+ goroutines of main\.ask, .* \(select\) at net\/http\.\(\*persistConn\)\.roundTrip \(\S+\), called from main\.ask \(http\.go:59\): .* So do \d+ goroutines that the standard library created: .*net\/http\.\(\*persistConn\)\.readLoop/,
  churn: /goroutines of main\.churn\.func1 per second/,
  yields: /^runtime\.Gosched was called/,
  polling: /^A loop at main\.polling .* woke nobody in between: 9\d\.\d% of all runs/,
  ticking: /^A loop at main\.ticking .* waited for a timer .* woke nobody in between: 9\d\.\d% of all runs/,
  herd: /^sync\.\(\*Cond\)\.Broadcast at main\.herd\.func1 \(\S+\) woke up to (1\d|20) goroutines at once, .* that waited at main\.herd\.func2 \(\S+\)\. After (8|9)\d\.\d% .*: [5-9]\d\.\d% of all runs\.$/,
  "locked-thread": /^A goroutine of main\.main is locked to a thread: .* in 50\d of 50\d starts/,
};

async function explained(path: string): Promise<ExplainReport> {
  const explanation = new Explanation();
  const error = await analyze(await openTraceFile(path), explanation.analyses);
  if (error !== undefined) throw error;
  return explanation.report();
}

/** The goroutines that begin regions: only the slow stage does. */
async function goroutinesWithRegions(path: string): Promise<Set<number>> {
  const goroutines = new Set<number>();
  let current: EventBlock | undefined;
  const regions: Analysis = {
    otherKinds: [EventKind.RegionBegin],
    block: (block) => {
      current = block;
    },
    other: (event) => {
      goroutines.add(current?.goroutine[event] as number);
    },
  };
  await analyze(await openTraceFile(path), [regions]);
  return goroutines;
}

/** Faults that have a kind in common with another. */
const OTHERS: Readonly<Record<string, FindingKind>> = {
  "lock-lines": "lock-contention",
  "slow-fan-in": "slow-consumer",
  "slow-tokens": "slow-producer",
  "slow-semaphore": "slow-consumer",
  "short-syscalls": "syscalls",
  asking: "leak",
  "lock-holder": "lock-contention",
  "blocked-holder": "lock-contention",
  "busy-holder": "lock-contention",
  "semaphore-lines": "slow-consumer",
  ticking: "polling",
  logging: "lock-contention",
  "sampled-hog": "hog",
  "sampled-stop": "stop-the-world",
  "slow-cond": "slow-producer",
  "shared-call": "slow-producer",
  "slow-stage": "slow-producer",
  "slow-select": "slow-producer",
};
const KINDS = FINDING_KINDS.filter((kind) => kind !== "trace");
const FAULTS = [...KINDS, ...Object.keys(OTHERS)];
const kindOf = (fault: string) => OTHERS[fault] ?? fault;

describe.each(FAULT_RELEASES)("faults planted in a program of %s", (release) => {
  // Traces before Go 1.22 tell of stop-the-world for the GC only, and not how long short system calls last.
  const untold = release === "go1.19" ? ["stop-the-world", "sampled-stop", "short-syscalls"] : [];
  const told = FAULTS.filter((fault) => !untold.includes(fault));

  test.each(told)("%s is the first finding, at the planted line", async (fault) => {
    const { findings } = await explained(faultTrace(release, fault, "planted"));
    const [first] = findings;
    if (fault !== "serial") expect(findings.map(({ kind }) => kind)).not.toContain("serial");
    expect([first?.kind, first?.sentence]).toEqual([kindOf(fault), expect.stringMatching(SAYS[fault] ?? "")]);
    const planted = LINES.get(fault);
    if (planted !== undefined)
      expect(first?.stack.map(({ file, line }) => `${file.replace(/.*\//, "")}:${line}`)).toContain(
        `${planted.file}:${planted.line}`,
      );
  });

  test.each(told)("%s is not found in the mended program", async (fault) => {
    const { findings } = await explained(faultTrace(release, fault, "mended"));
    expect(findings.filter(({ kind }) => kind === kindOf(fault)).map(({ sentence }) => sentence)).toEqual([]);
  });
});

test.each(FAULT_RELEASES)(
  "two locks that one function unlocks at one line are two findings, with %s",
  async (release) => {
    const { findings, totals } = await explained(faultTrace(release, "lock-lines", "planted"));
    const locks = findings.filter(({ kind }) => kind === "lock-contention");
    const lines = locks.map(({ figures }) =>
      figures.map(({ name }) => name.replace(/^waited at .*accounts\)\.(\w+) .*/, "$1")),
    );
    const methods = ["add", "move", "rename"];
    expect(lines.map((names) => names.filter((name) => methods.includes(name)).sort())).toEqual([
      ["move", "rename"],
      ["add", "move"],
    ]);
    const waited = locks.map(({ figures: [first] }) => first?.value ?? 0);
    expect(waited.reduce((sum, value) => sum + value, 0)).toBe(totals.contention.total);
  },
);

test.each(FAULT_RELEASES)(
  "the goroutine of the slow stage is named at each line at which stages wait, with %s",
  async (release) => {
    const trace = faultTrace(release, "slow-stage", "planted");
    const slow = await goroutinesWithRegions(trace);
    expect(slow.size).toBe(1);
    const { findings } = await explained(trace);
    const named = findings.flatMap(({ place, sentence }) => {
      const [, goroutine] = / goroutine (\d+), kept them waiting/.exec(sentence) ?? [];
      return goroutine === undefined ? [] : [[place?.function, Number(goroutine)]];
    });
    const [goroutine] = slow;
    expect(named).toEqual([
      ["main.stage", goroutine],
      ["main.stage", goroutine],
    ]);
  },
);

test.each(FAULT_RELEASES)("connections that are not kept are named, with %s", async (release) => {
  const sentences = async (which: "planted" | "mended") => {
    const { findings } = await explained(faultTrace(release, "connections", which));
    return findings.map(({ sentence }) => sentence).join(" ");
  };
  // Eight clients make 15 requests each.
  expect(await sentences("planted")).toMatch(
    / [1-9]\d\.\d% of that was net\/http opening connections: 120, \d+,\d+ per second\./,
  );
  expect(await sentences("mended")).not.toContain("connections");
});

test.each(FAULT_RELEASES)("what keeps the heap small is told, with %s", async (release) => {
  const sentences = async (fault: string, which: "planted" | "mended") => {
    const { findings } = await explained(faultTrace(release, fault, which));
    const ofGc = findings.filter(({ kind }) => kind === "gc" || kind === "gc-assist");
    return ofGc.map(({ sentence }) => sentence).join(" ");
  };
  expect(await sentences("gc-assist", "planted")).toMatch(
    /live heap was .* heap goal .* less than twice as much/,
  );
  // Before Go 1.25, traces have a goal also when GOGC is off.
  const limit =
    release === "go1.26"
      ? / There was no heap goal \(GOGC=off\): a memory limit began/
      : /less than twice as much/;
  expect(await sentences("memory-limit", "planted")).toMatch(limit);
  expect(await sentences("memory-limit", "mended")).not.toMatch(/memory limit/);
  // Nobody asks how large the heap is.
  expect(await sentences("gc", "planted")).not.toContain("live heap");
});

/** Traces of a busy machine, with CPU samples: the scheduler interrupts each goroutine after 10 ms. */
test.each(["go1.19", "go1.26"])(
  "runs that had no CPU are no hogs, by the CPU samples of %s",
  async (release) => {
    const { findings } = await explained(join(FIXTURES, `cpusamples-${release}.trace`));
    expect(findings.map(({ kind }) => kind)).not.toContain("hog");
    const few = findings.find(({ kind }) => kind === "too-few-ps");
    expect(few?.sentence).toContain(" CPU samples show that their threads had no CPU: ");
  },
);

/** Programs in which goroutines wait for others, or one runs alone, and hold nothing back. */
const HEALTHY = ["slow-fan-in", "slow-tokens", "slow-semaphore", "serial"];

describe.each(HEALTHY)("a program that is as it has to be: %s", (fault) => {
  test.each(FAULT_RELEASES)("has no finding, mended, with %s", async (release) => {
    expect((await explained(faultTrace(release, fault, "mended"))).findings).toEqual([]);
  });

  test.each(FAULT_RELEASES)("has no other finding, planted, with %s", async (release) => {
    const { findings } = await explained(faultTrace(release, fault, "planted"));
    expect(findings.map(({ kind }) => kind)).toEqual([kindOf(fault)]);
  });
});

test("every kind of finding has a planted fault", () => {
  expect(Object.keys(SAYS).sort()).toEqual([...FAULTS].sort());
});
