import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Fields of an object, by name, with their types; one with `?` may be absent. */
type Fields = ReadonlyMap<string, string>;

/** The types that a file in docs/ describes, by name. */
export function documentedTypes(file: string): ReadonlyMap<string, Fields> {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${file}`, import.meta.url)), "utf8");
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section): [string, Fields] => {
      const rows = [...section.matchAll(/^\| `([\w ]+\??)` \| ([^|]+) \|/gm)];
      const fields = rows.map(([, field = "", type = ""]): [string, string] => [field, type.trim()]);
      return [section.split("\n")[0]?.trim() ?? "", new Map(fields)];
    }),
  );
}

/**
 * What is wrong with a value: fields that are not described, absent, or of another type.
 * @param seen takes every `Type.field` that is there
 */
export function violations(
  types: ReadonlyMap<string, Fields>,
  type: string,
  value: unknown,
  path: string,
  seen: Set<string>,
): string[] {
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((entry, i) => violations(types, type.slice(0, -2), entry, `${path}[${i}]`, seen));
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (type.startsWith("map of ")) {
    if (!isObject) return [`${path} is no map`];
    const entries = Object.entries(value);
    return entries.flatMap(([key, entry]) => violations(types, type.slice(7), entry, `${path}.${key}`, seen));
  }
  if (type === "integer") return Number.isSafeInteger(value) ? [] : [`${path} is no integer: ${value}`];
  if (type === "sum") return Number.isInteger(value) ? [] : [`${path} is no whole number: ${value}`];
  if (type === "number") return Number.isFinite(value) ? [] : [`${path} is no number: ${value}`];
  const fields = types.get(type);
  if (fields === undefined) return typeof value === type ? [] : [`${path} is no ${type}: ${value}`];
  if (!isObject) return [`${path} is no object`];
  return fieldViolations(types, type, fields, value as Record<string, unknown>, path, seen);
}

function fieldViolations(
  types: ReadonlyMap<string, Fields>,
  type: string,
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  path: string,
  seen: Set<string>,
): string[] {
  const known = knownFields(fields);
  const wrong: string[] = [];
  let count = 0;
  for (const { name, of, may } of known) {
    if (Object.hasOwn(value, name)) {
      count++;
      seen.add(`${type}.${name}`);
      wrong.push(...violations(types, of, value[name], `${path}.${name}`, seen));
    } else if (!may) wrong.push(`${path}.${name} is absent`);
  }
  const keys = Object.keys(value);
  if (keys.length === count) return wrong;
  const extra = keys.filter((key) => !known.some(({ name }) => name === key));
  return [...wrong, ...extra.map((key) => `${path}.${key} is not described`)];
}

interface KnownField {
  readonly name: string;
  readonly of: string;
  readonly may: boolean;
}

/** Objects of a type are many. */
const fieldsOf = new WeakMap<Fields, readonly KnownField[]>();

function knownFields(fields: Fields): readonly KnownField[] {
  let known = fieldsOf.get(fields);
  if (known === undefined) {
    known = [...fields].map(([field, of]) => ({
      name: field.replace("?", ""),
      of,
      may: field.endsWith("?"),
    }));
    fieldsOf.set(fields, known);
  }
  return known;
}
