import { isStandardPath } from "../event/standard-library.js";
import type { StackFrame } from "../event/tables.js";

/**
 * Functions that goroutines start with, and that run a function of the program: those of Go, and of libraries that run work on
 * goroutines. All functions of a library of the second kind pass the work on.
 */
const FUNCTIONS: ReadonlySet<string> = new Set([
  "context.(*afterFuncCtx).cancel.func1",
  "golang.org/x/net/http2.(*serverConn).runHandler",
  "net/http.(*conn).serve",
  "net/http.(*http2serverConn).runHandler",
  "net/rpc.(*service).call",
  "runtime.corostart",
  "sync.(*WaitGroup).Go.func1",
  "testing.(*B).launch",
  "testing.(*B).run1.func1",
  "testing.(*B).RunParallel.func1",
  "testing.(*F).Fuzz.func1.1",
  "testing.tRunner",
  "testing/synctest.Test.func1",
  "time.goFunc",
]);

/** Packages without the version in their path. */
const PACKAGES: ReadonlySet<string> = new Set([
  "github.com/Jeffail/tunny",
  "github.com/alitto/pond",
  "github.com/alitto/pond/internal/dispatcher",
  "github.com/gammazero/workerpool",
  "github.com/gin-gonic/gin",
  "github.com/go-chi/chi",
  "github.com/go-chi/chi/middleware",
  "github.com/gorilla/mux",
  "github.com/labstack/echo",
  "github.com/labstack/echo/middleware",
  "github.com/panjf2000/ants",
  "github.com/robfig/cron",
  "github.com/sourcegraph/conc",
  "github.com/sourcegraph/conc/panics",
  "github.com/sourcegraph/conc/pool",
  "github.com/valyala/fasthttp",
  "github.com/valyala/fasthttp/fasthttputil",
  "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
  "golang.org/x/net/http2",
  "golang.org/x/sync/errgroup",
  "golang.org/x/sync/singleflight",
  "google.golang.org/grpc",
  "google.golang.org/grpc/internal/transport",
  "google.golang.org/grpc/test/bufconn",
  "k8s.io/apimachinery/pkg/util/wait",
]);

/** Packages of the standard library whose functions are handlers. */
const HANDLERS: ReadonlySet<string> = new Set(["net/http/pprof", "expvar"]);

/** The compiler wraps `go f(x)` into a function that stacks do not show. */
const GO_STATEMENT = /\.gowrap\d+$/;
const PACKAGE = /^(?:[^([]*\/)?[^/.([]*/;
const VERSION = /\/v\d+(?=\/|$)|\.v\d+$/;

/** Finds what goroutines run whose start function is the same for many programs: a test, a handler, a closure. */
export class Wrappers {
  readonly #functions: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  /** @param more functions of the program or of libraries that only call others; a name that ends in `*` stands for all that begin so */
  constructor(more: Iterable<string> = []) {
    const names = [...more];
    this.#functions = new Set(names);
    this.#prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  }

  /** Whether a start function does not tell what runs. */
  has(func: string): boolean {
    return (
      FUNCTIONS.has(func) || this.isGoStatement(func) || this.#isNamed(func) || PACKAGES.has(libraryOf(func))
    );
  }

  /** Whether it is the compiler's function for one `go` statement: what it calls is nearly always the same. */
  isGoStatement(func: string): boolean {
    return GO_STATEMENT.test(func);
  }

  /**
   * The first function of the program within the wrappers.
   * @param frames a goroutine's stack, the innermost frame first
   * @returns "" if the stack has none
   */
  within(frames: readonly StackFrame[]): string {
    for (let i = frames.length - 1; i >= 0; i--) {
      const { func } = frames[i] as StackFrame;
      if (!this.has(func) && !isStandard(func)) return func;
    }
    return "";
  }

  #isNamed(func: string): boolean {
    return this.#functions.has(func) || this.#prefixes.some((prefix) => func.startsWith(prefix));
  }
}

function packageOf(func: string): string {
  return PACKAGE.exec(func)?.[0] ?? "";
}

function libraryOf(func: string): string {
  return packageOf(func).replace(VERSION, "");
}

function isStandard(func: string): boolean {
  const path = packageOf(func);
  return isStandardPath(path) && !HANDLERS.has(path);
}
