// @module-tag long
// @module-tag slowest
import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  branchingTasks,
  claimedProcs,
  crossingRegions,
  distinctWaits,
  liveGoroutines,
  logsWithinRegions,
  namelessGoroutine,
  repeatedLogs,
  sparseGoroutines,
  stoppedWorlds,
  threadsWithProcs,
  waitingThreads,
} from "../support/many-of-each.js";
import { emptyFolder, main } from "./command.js";

/** What Node and the program take for an empty trace, in MB, and room for the garbage of a second or two. */
const BASE = 150;
/** Bytes for each thread, P and goroutine that is alive, in MB for a thousand: "some hundred bytes", for three of them. */
const PER_THOUSAND = 3;
/** Seconds of a processor without a turn of the event loop: a signal ends any work within a second. */
const LONGEST = 0.6;

/** Prints what a process took. */
const METER = `data:text/javascript,${encodeURIComponent(
  `let last = process.cpuUsage();
  let stretch = 0;
  const turn = () => {
    const { user, system } = process.cpuUsage(last);
    stretch = Math.max(stretch, user + system);
    last = process.cpuUsage();
  };
  setInterval(turn, 5).unref();
  process.on("exit", () => {
    turn();
    const { maxRSS, userCPUTime } = process.resourceUsage();
    const figures = { memory: maxRSS / 1024, seconds: userCPUTime / 1e6, stretch: stretch / 1e6 };
    console.error("took " + JSON.stringify(figures));
  })`,
)}`;

interface Taken {
  /** The most memory, in MB. */
  readonly memory: number;
  /** Of a processor. */
  readonly seconds: number;
  /** The same between two turns of the event loop, at most: for so long, no signal is heard. */
  readonly stretch: number;
}

let folder: string;

beforeAll(() => {
  folder = emptyFolder();
});

/** Runs a command on a trace in a process of its own. */
function taken(trace: Uint8Array, ...words: readonly string[]): Taken & { readonly code: number | null } {
  const path = join(folder, "in.trace");
  writeFileSync(path, trace);
  const args = ["--import", METER, main, ...words.map((word) => (word === "IN" ? path : word))];
  const stdio = ["ignore", "ignore", "pipe"] as const;
  const { stderr, status } = spawnSync(process.execPath, args, {
    cwd: folder,
    timeout: 60_000,
    stdio: [...stdio],
  });
  const [, figures] = /^took (.*)$/m.exec(stderr.toString()) ?? [];
  if (figures === undefined) throw new Error(`it did not end: ${stderr}`);
  return { ...(JSON.parse(figures) as Taken), code: status };
}

const COMMANDS: readonly (readonly string[])[] = [
  ["IN", "-o", "out.pftrace", "--detail", "full"],
  ["IN", "-o", "out.json", "--detail", "full"],
  ["stats", "IN"],
  ["otlp", "IN", "-o", "out.jsonl"],
];

describe.each(COMMANDS.map((command) => [command.join(" "), command] as const))("%s", (_words, command) => {
  it("takes memory by what is alive: threads with Ps", () => {
    const { memory, code } = taken(threadsWithProcs(16_000), ...command);
    expect(code).toBe(0);
    expect(memory).toBeLessThan(BASE + 16 * PER_THOUSAND);
  });

  it("takes memory by what is alive: goroutines whose ids are far apart", () => {
    const { memory, code } = taken(sparseGoroutines(25_000, 5000), ...command);
    expect(code).toBe(0);
    expect(memory).toBeLessThan(BASE + 25 * 2 * PER_THOUSAND);
  });

  it("takes memory by what is alive: a goroutine that never gets a name", () => {
    const { memory, code } = taken(namelessGoroutine(60_000), ...command);
    expect(code).toBe(0);
    expect(memory).toBeLessThan(BASE);
  });
});

describe("the end of a trace", () => {
  it.each(COMMANDS)("is written in pieces, between which signals are heard: %s %s %s", (...command) => {
    const goroutines = 100_000;
    const { memory, stretch, code } = taken(liveGoroutines(goroutines), ...command);
    expect(code).toBe(0);
    // Spans are objects until they are sent.
    const each = command[0] === "otlp" ? 1.5 : 0.6;
    expect(memory).toBeLessThan(BASE + (each * goroutines) / 1000);
    expect(stretch).toBeLessThan(LONGEST);
  });
});

describe("time", () => {
  it("does not grow with the product of threads that wait and events that come", () => {
    const { seconds, code } = taken(waitingThreads(20_000, 20_000), "IN", "-o", "out.pftrace");
    expect(code).toBe(3);
    // Every event would try all threads: 400,000,000 tries.
    expect(seconds).toBeLessThan(8);
  });
});

describe("tasks within one another", () => {
  it("take time by how many there are", () => {
    const { seconds, code } = taken(branchingTasks(50_000), "otlp", "IN", "-o", "out.jsonl");
    expect(code).toBe(0);
    // With a walk through all that is around each: 25 seconds.
    expect(seconds).toBeLessThan(8);
  });
});

describe("regions that cross one another", () => {
  it.each(COMMANDS)("take time and room by how many there are: %s %s %s", (...command) => {
    const trace = crossingRegions(20_000);
    const { memory, seconds, code } = taken(trace, ...command);
    expect(code).toBe(0);
    expect(memory).toBeLessThan(BASE + 100);
    // With each cut by each: minutes and gigabytes.
    expect(seconds).toBeLessThan(8);
    const output = command[command.indexOf("-o") + 1] as string;
    if (command.includes("-o")) expect(statSync(join(folder, output)).size).toBeLessThan(40 * trace.length);
  });
});

describe("logs of a task within regions of another", () => {
  it.each(COMMANDS)("take time by how many there are: %s %s %s", (...command) => {
    const { seconds, code } = taken(logsWithinRegions(25_000), ...command);
    expect(code).toBe(0);
    // With a search through all regions for each log: 20 seconds.
    expect(seconds).toBeLessThan(8);
  });
});

describe("distinct names", () => {
  it.each([
    ["IN", "-o", "out.pftrace", "--detail", "full"],
    ["IN", "-o", "out.json", "--detail", "full"],
    ["stats", "--json", "IN"],
    ["pprof", "--all", "-o", "profiles", "IN"],
    ["otlp", "IN", "-o", "out.jsonl"],
  ])("take time by how many there are: %s %s %s", (...command) => {
    const { memory, seconds, code } = taken(distinctWaits(40_000), ...command);
    expect(code).toBe(0);
    expect(memory).toBeLessThan(BASE + 40 * PER_THOUSAND);
    expect(seconds).toBeLessThan(8);
  });
});

describe("what a trace claims", () => {
  it("is not what is kept of the world's stops for each P", () => {
    const { memory, seconds, code } = taken(stoppedWorlds(60_000, 5_000), "stats", "IN");
    expect(code).toBe(0);
    expect(memory).toBeLessThan(BASE + 100);
    expect(seconds).toBeLessThan(15);
  });

  it.each([...COMMANDS, ["info", "IN"]])("is not what is allocated: %s", (...command) => {
    const { memory, code } = taken(claimedProcs(1e9), ...command);
    expect(code).toBe(3);
    expect(memory).toBeLessThan(BASE);
  });
});

describe("output", () => {
  it("has a message that is logged again and again once", () => {
    const { code } = taken(
      repeatedLogs(100_000, "x".repeat(1000)),
      "IN",
      "-o",
      "out.pftrace",
      "--detail",
      "full",
    );
    expect(code).toBe(0);
    expect(statSync(join(folder, "out.pftrace")).size).toBeLessThan(6_000_000);
  });
});
