import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsedEvents, transitionOf } from "./go-parsed.js";
import { goSourceWith, parsedByGo } from "./go-tool.js";

const SOURCE = fileURLToPath(new URL("go/many-goroutines", import.meta.url));
const READER = "src/internal/trace/reader.go";

/** Absolute times of a goroutine's life; NaN for what did not happen in the trace. */
export interface Life {
  readonly created: number;
  ran: number;
  ended: number;
}

/** A real trace with many goroutines that come and go. */
export class ManyGoroutines {
  readonly #go: string;

  private constructor(go: string) {
    this.#go = go;
  }

  /** Undefined where there is no Go for it, and then `part` is left out. */
  static find(part: string): ManyGoroutines | undefined {
    const source = goSourceWith(READER, part);
    return source && new ManyGoroutines(source.root);
  }

  /** Makes it. @param together how many are alive at a time */
  write(path: string, count: number, together = 100): void {
    const env = { ...process.env, GOTOOLCHAIN: "local" };
    const go = join(this.#go, "bin/go");
    execFileSync(go, ["run", ".", path, String(count), String(together)], {
      cwd: SOURCE,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  /** Go's own word on when its goroutines `visit` lived, by id. */
  lives(path: string): Map<number, Life> {
    const lives = new Map<number, Life>();
    for (const event of parsedEvents(parsedByGo(path, this.#go))) {
      if (event.kind !== "StateTransition") continue;
      const { of, id, from, to } = transitionOf(event);
      if (of !== "GoID") continue;
      const { time } = event;
      if (from === "NotExist" && event.transitionStack.startsWith("main.visit "))
        lives.set(id, { created: time, ran: Number.NaN, ended: Number.NaN });
      const life = lives.get(id);
      if (life === undefined) continue;
      if (to === "Running" && Number.isNaN(life.ran)) life.ran = time;
      else if (to === "NotExist") life.ended = time;
    }
    return lives;
  }
}
