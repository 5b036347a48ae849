import { InvalidArgumentError, Option } from "commander";
import {
  ID_ENCODINGS,
  type IdEncoding,
  LINK_KINDS,
  type LinkKind,
  type LinkLog,
} from "../../event/link-log.js";

const KINDS: readonly string[] = LINK_KINDS;
const ENCODINGS: readonly string[] = ID_ENCODINGS;
/** Kinds whose id has an encoding. */
const ENCODED: readonly string[] = ["trace_id", "span_id"];

/** `--link-log`: what logs hold ids of the program's own tracing. */
export function linkLogOption(): Option {
  return new Option(
    "--link-log <KEY=KIND>",
    `logs of this key hold ids of the program's own tracing, as traceparent, next_traceparent, trace_id or span_id; the latter two with :${ID_ENCODINGS.join(", :")} (default: hex); KEY=none: they do not; may be given more than once`,
  ).argParser((text, before: readonly LinkLog[] | undefined) => [...(before ?? []), parseLinkLog(text)]);
}

/** @throws InvalidArgumentError */
function parseLinkLog(text: string): LinkLog {
  // A key may hold any character.
  const [, key = "", kind = "", encoding] = /^(.+)=([^=:]*)(?::([^=:]*))?$/s.exec(text) ?? [];
  if (key === "" || !KINDS.includes(kind))
    throw new InvalidArgumentError(`It is not KEY=KIND, with a KIND of ${LINK_KINDS.join(", ")}.`);
  if (encoding === undefined) return { key, kind: kind as LinkKind };
  if (!ENCODED.includes(kind))
    throw new InvalidArgumentError(`Only ${ENCODED.join(" and ")} have an encoding.`);
  if (!ENCODINGS.includes(encoding))
    throw new InvalidArgumentError(`The encoding is none of ${ID_ENCODINGS.join(", ")}.`);
  return { key, kind: kind as LinkKind, encoding: encoding as IdEncoding };
}
