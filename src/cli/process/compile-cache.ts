import { existsSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";

/** Node has it since 22.8. */
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };

/**
 * Lets Node keep the compiled code of the program from run to run, in the user's folder for caches if that
 * exists. Node goes on without it if the folder cannot be written. `NODE_COMPILE_CACHE` names another folder,
 * and `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 */
export function keepCompiledCode(): void {
  const caches = cachesFolder();
  // Node would create missing parents: also the home of a user who has none.
  if (caches !== undefined && existsSync(caches))
    enableCompileCache?.(join(caches, "go2perfetto", "compiled"));
}

/** The user's folder for caches, by the conventions of the platform. */
function cachesFolder({ env, platform } = process): string | undefined {
  if (platform === "win32") return env.LOCALAPPDATA;
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (!env.HOME) return undefined;
  return platform === "darwin" ? join(env.HOME, "Library", "Caches") : join(env.HOME, ".cache");
}
