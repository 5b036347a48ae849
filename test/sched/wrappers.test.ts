import { describe, expect, it } from "vitest";
import type { StackFrame } from "../../src/event/tables.js";
import { Wrappers } from "../../src/sched/wrappers.js";

/** @param funcs the outermost first */
const stack = (...funcs: string[]): StackFrame[] =>
  funcs.map((func) => ({ pc: 0n, func, file: "file.go", line: 1 })).reverse();

describe("what runs within a wrapper", () => {
  it.each([
    ["shop/cart.TestAdd", ["testing.tRunner", "shop/cart.TestAdd", "testing.(*T).Parallel"]],
    ["main.BenchmarkSum", ["testing.(*B).launch", "testing.(*B).runN", "main.BenchmarkSum"]],
    ["main.main.func1", ["sync.(*WaitGroup).Go.func1", "main.main.func1", "time.Sleep"]],
    ["main.fetch.func2", ["golang.org/x/sync/errgroup.(*Group).Go.func1", "main.fetch.func2"]],
    [
      "main.handle",
      [
        "net/http.(*conn).serve",
        "net/http.serverHandler.ServeHTTP",
        "net/http.HandlerFunc.ServeHTTP",
        "main.handle",
        "main.query",
      ],
    ],
    [
      "net/http/pprof.Trace",
      ["net/http.(*conn).serve", "net/http.HandlerFunc.ServeHTTP", "net/http/pprof.Trace"],
    ],
    ["main.list", ["net/http.(*conn).serve", "github.com/gin-gonic/gin.(*Engine).ServeHTTP", "main.list"]],
    [
      "main.handle",
      [
        "github.com/valyala/fasthttp.(*workerPool).getCh.func1",
        "github.com/valyala/fasthttp.(*workerPool).workerFunc",
        "github.com/valyala/fasthttp.(*Server).serveConn",
        "main.handle",
        "main.(*sessions).touch",
      ],
    ],
    [
      "main.(*Counter).Add",
      [
        "net/rpc.(*service).call",
        "reflect.Value.Call",
        "reflect.Value.call",
        "main.(*Counter).Add",
        "os.OpenFile",
      ],
    ],
    // A connection in memory is no work of the program.
    [
      "",
      [
        "google.golang.org/grpc/internal/transport.(*http2Client).reader",
        "golang.org/x/net/http2.(*Framer).ReadFrame",
        "google.golang.org/grpc/test/bufconn.(*pipe).Read",
      ],
    ],
    ["main.load.func1", ["golang.org/x/sync/singleflight.(*Group).doCall", "main.load.func1", "net.Dial"]],
    [
      "example.com/operator.(*Controller).work",
      [
        "k8s.io/apimachinery/pkg/util/wait.(*Group).Start.func1",
        "k8s.io/apimachinery/pkg/util/wait.JitterUntil",
        "example.com/operator.(*Controller).work",
      ],
    ],
    [
      "main.report",
      [
        "github.com/robfig/cron/v3.(*Cron).startJob.func1",
        "github.com/robfig/cron/v3.FuncJob.Run",
        "main.report",
      ],
    ],
    ["main.resize", ["github.com/panjf2000/ants/v2.(*goWorker).run.func1", "main.resize"]],
    ["main.worker", ["main.worker", "runtime.chanrecv1"]],
    [
      "",
      ["net/http.(*conn).serve", "bufio.(*Reader).Peek", "net/http.(*connReader).Read", "net.(*conn).Read"],
    ],
    ["", []],
  ])("is %s for %j", (func, funcs) => expect(new Wrappers().within(stack(...funcs))).toBe(func));

  it("goes through functions that are named, or whose names begin so", () => {
    const funcs = ["main.(*Pool).loop", "example.com/mw.Log", "example.com/mw.(*Auth).Check", "main.job"];
    expect(new Wrappers().within(stack(...funcs))).toBe("main.(*Pool).loop");
    expect(new Wrappers(["main.(*Pool).loop"]).within(stack(...funcs))).toBe("example.com/mw.Log");
    expect(new Wrappers(["main.(*Pool).loop", "example.com/mw.*"]).within(stack(...funcs))).toBe("main.job");
  });
});

describe("a wrapper", () => {
  it.each([
    "testing.tRunner",
    "net/http.(*conn).serve",
    "main.main.gowrap1",
    "google.golang.org/grpc.(*Server).serveStreams.func2.1",
  ])("is %s", (func) => expect(new Wrappers().has(func)).toBe(true));

  it.each(["main.main", "net/http.(*persistConn).readLoop", "testing.runExample", "main.gowrap"])(
    "is not %s",
    (func) => expect(new Wrappers().has(func)).toBe(false),
  );
});
