/**
 * One value for the whole process, made at its first use. Next compiles pages, route handlers and instrumentation into
 * bundles that each have their own copy of a module, so a variable of a module exists several times.
 *
 * @param name - unique among the callers
 * @param make - must not return undefined
 * @returns reads the value
 * @example
 * const recorder = perProcess('activity', () => createRecorder());
 * recorder().record(call);
 */
export function perProcess<T>(name: string, make: () => T): () => T {
  const key = Symbol.for(`mcp-authkit-starter.${name}`);
  const shared = globalThis as { [key]?: T };
  return () => {
    shared[key] ??= make();
    return shared[key];
  };
}
