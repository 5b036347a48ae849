// @module-tag long

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { proxyFor } from "../../../src/cli/connection/proxy-choice.js";
import { optionalPart } from "../../support/optional.js";
import { emptyFolder } from "../command.js";

const SOURCE = fileURLToPath(new URL("../../support/go/proxy-choice", import.meta.url));
const binary = join(emptyFolder(), "proxy-choice");
const haveGo = optionalPart("proxies, as Go's client chooses them", () => {
  try {
    const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };
    execFileSync("go", ["build", "-o", binary, "."], { cwd: SOURCE, env, stdio: "pipe" });
    return undefined;
  } catch (error) {
    return String(error);
  }
});

const PROXIES = { HTTP_PROXY: "http://plain:3128", HTTPS_PROXY: "http://joe:p%40ss@secure:3129" };
const URLS = [
  "http://example.com/a",
  "https://example.com/a",
  "https://sub.example.com:8443/a",
  "https://badexample.com/",
  "http://localhost:6060/",
  "http://127.8.9.10:6060/",
  "http://[::1]:6060/",
  "http://[::ffff:127.0.0.1]/",
  "http://10.1.2.3:80/",
  "https://10.2.0.1/",
  "http://[fd00::17]:4318/",
  "https://EXAMPLE.org:443/",
];
const EXCEPTIONS = [
  "",
  "*",
  "example.com",
  " Example.COM , other.org",
  ".example.com",
  "*.example.com",
  "example.com:8443",
  "example.com:443,example.org:443",
  "10.0.0.0/8",
  "10.1.2.3",
  "10.1.2.3:81, 10.2.0.1:443",
  "fd00::/8",
  "[fd00::17]:4318",
  "fd00::17",
  "10.0.0.0/99,/8,:80,example.com:",
  "http://example.com",
];
const ENVIRONMENTS: Readonly<Record<string, string>>[] = [
  ...EXCEPTIONS.map((list) => ({ ...PROXIES, NO_PROXY: list })),
  {},
  { http_proxy: "lower:1", https_proxy: "http://lower:2", no_proxy: "10.0.0.0/8" },
  { HTTP_PROXY: "http://upper:1", http_proxy: "http://lower:1" },
  { HTTPS_PROXY: "proxy.corp:3128" },
  { HTTPS_PROXY: "10.9.9.9" },
  { HTTPS_PROXY: "https://tls-proxy:443" },
  { ALL_PROXY: "http://all:1" },
];

describe.runIf(haveGo)("the proxy that the environment names is that of Go's client", () => {
  test.each(ENVIRONMENTS)("with %j", (environment) => {
    for (const url of URLS) {
      const theirs = execFileSync(binary, [url], { env: environment }).toString().trim();
      const ours = proxyFor(new URL(url), environment)?.href ?? "";
      expect([url, ours]).toEqual([url, theirs === "" ? "" : new URL(theirs).href]);
    }
  });
});

test.each([
  ["socks5://joe:secret@proxy:1080", "HTTPS_PROXY names a proxy of socks5:"],
  ["http://joe:secret@pro xy", "HTTPS_PROXY is not a URL"],
])("%s is refused, without what may be a secret", (proxy, words) => {
  const choose = () => proxyFor(new URL("https://example.com/"), { HTTPS_PROXY: proxy });
  expect(choose).toThrow(words);
  expect(choose).not.toThrow(/joe|secret/);
});
