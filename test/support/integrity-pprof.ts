import type { PprofMessage } from "./pprof-reader.js";

/** What pprof's own check of validity refuses, and indices into the string table that are none; empty if all is well. */
export function pprofProblems(profile: PprofMessage): string[] {
  const problems: string[] = [];
  const check = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  const ids = (name: string, entries: readonly { readonly id: string }[]) => {
    const known = new Set(entries.map(({ id }) => id));
    check(known.size === entries.length, `two of ${name} have one id`);
    check(!known.has("0"), `one of ${name} has the id 0`);
    return known;
  };
  const mappings = ids("mappings", profile.mapping);
  const functions = ids("functions", profile.function);
  const locations = ids("locations", profile.location);
  const text = (index: string, of: string) =>
    check(profile.string_table[Number(index)] !== undefined, `${of} has string ${index}, which is not there`);

  check(profile.string_table[0] === "", "the first string is not empty");
  check(new Set(profile.string_table).size === profile.string_table.length, "a string is there twice");
  check(profile.sample_type.length > 0 || profile.sample.length === 0, "samples without types");
  for (const { value, location_id, label } of profile.sample) {
    check(value.length === profile.sample_type.length, "a sample has more or fewer values than types");
    for (const id of location_id)
      check(locations.has(id), `a sample is at location ${id}, which is not there`);
    for (const { key, str } of label) {
      check(key !== "0" && str !== "0", "a label without key or text");
      text(key, "a label");
      text(str, "a label");
    }
  }
  for (const { id, mapping_id, line, address } of profile.location) {
    check(mappings.has(mapping_id), `location ${id} is in mapping ${mapping_id}, which is not there`);
    const mapping = profile.mapping.find((each) => each.id === mapping_id);
    const at = BigInt(address);
    check(
      mapping !== undefined && at >= BigInt(mapping.memory_start) && at <= BigInt(mapping.memory_limit),
      `location ${id} is outside its mapping`,
    );
    for (const { function_id } of line)
      check(functions.has(function_id), `location ${id} is in function ${function_id}, which is not there`);
  }
  for (const { name, filename, id } of profile.function) {
    check(name !== "0", `function ${id} has no name`);
    text(name, "a function");
    text(filename, "a function");
  }
  for (const { type, unit } of profile.sample_type) {
    text(type, "a type");
    text(unit, "a type");
  }
  for (const comment of profile.comment) text(comment, "a comment");
  return problems;
}
