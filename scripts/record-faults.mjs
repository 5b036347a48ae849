// Records the traces of test/fixtures/faults again, on a quiet machine with Go: node scripts/record-faults.mjs [FAULT …]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const source = fileURLToPath(new URL("../test/support/go/faults/", import.meta.url));
const fixtures = fileURLToPath(new URL("../test/fixtures/faults/", import.meta.url));
const RELEASES = ["go1.19.13", "go1.22.12", "go1.26.0"];
/** Faults of which async preemption would mend the program. */
const STUBBORN = new Set(["hog", "stop-the-world", "sampled-stop", "sampled-hog"]);

const files = readdirSync(source).filter((name) => name.endsWith(".go"));
const all = [...readFileSync(join(source, "main.go"), "utf8").matchAll(/^\t"([\w-]+)":/gm)].map(
  ([, fault]) => fault,
);
const faults = process.argv.length > 2 ? process.argv.slice(2) : all;
const work = mkdtempSync(join(tmpdir(), "go2perfetto-faults-"));
try {
  for (const release of RELEASES) {
    const program = join(work, release);
    const env = { ...process.env, GOTOOLCHAIN: release };
    execFileSync("go", ["build", "-trimpath", "-o", program, ...files], {
      cwd: source,
      env,
      stdio: "inherit",
    });
    const folder = join(fixtures, release.replace(/\.\d+$/, ""));
    mkdirSync(folder, { recursive: true });
    for (const fault of faults)
      for (const which of ["planted", "mended"]) {
        const trace = join(work, "trace");
        const debug = STUBBORN.has(fault) ? "asyncpreemptoff=1" : "";
        execFileSync(program, [fault, which, trace], {
          env: { ...process.env, GODEBUG: debug },
          stdio: "inherit",
        });
        writeFileSync(
          join(folder, `${fault}-${which}.trace.gz`),
          gzipSync(readFileSync(trace), { level: 9 }),
        );
      }
  }
} finally {
  rmSync(work, { recursive: true });
}
