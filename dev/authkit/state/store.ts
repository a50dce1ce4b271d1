import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthkitStartError } from '../start-error.ts';

type Entry = { value: unknown; expiresAt?: number };
type Collections = Record<string, Record<string, Entry>>;

/** Records of one kind, by id. A write that has resolved survives a restart. */
export type Collection<T> = {
  get(id: string): T | undefined;
  where(matches: (value: T) => boolean): [id: string, value: T][];
  /** @param lifetime - in seconds; without it the record does not expire */
  set(id: string, value: T, lifetime?: number): Promise<void>;
  delete(ids: string | readonly string[]): Promise<void>;
};

export type Store = {
  collection<T>(name: string): Collection<T>;
  /** Resolves when everything written so far is on disk. */
  flush(): Promise<void>;
};

/**
 * Keeps the state in one JSON file of `directory`, replaced by a rename: a killed process leaves either the old file or
 * the new one. Writes that arrive during a write are combined into the next one.
 *
 * @throws {AuthkitStartError} when the file cannot be read
 */
export function openStore(directory: string): Store {
  const file = join(directory, 'state.json');
  const collections = load(directory, file);
  let running = Promise.resolve();
  let next: Promise<void> | undefined;

  async function write(): Promise<void> {
    await running.catch(() => undefined);
    next = undefined;
    dropExpired(collections);
    const text = JSON.stringify(collections);
    // The file holds signing keys.
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  function persist(): Promise<void> {
    if (next === undefined) {
      next = write();
      running = next;
    }
    return next;
  }

  return {
    flush: () => running,
    collection<T>(name: string): Collection<T> {
      collections[name] ??= {};
      const records = collections[name];
      const live = (entry: Entry | undefined): entry is Entry =>
        entry !== undefined && (entry.expiresAt === undefined || entry.expiresAt > Date.now());
      return {
        get(id) {
          const entry = Object.hasOwn(records, id) ? records[id] : undefined;
          return live(entry) ? (structuredClone(entry.value) as T) : undefined;
        },
        where: (matches) =>
          Object.entries(records)
            .filter(([, entry]) => live(entry) && matches(entry.value as T))
            .map(([id, entry]) => [id, structuredClone(entry.value) as T]),
        set(id, value, lifetime) {
          const expiresAt = lifetime === undefined ? undefined : Date.now() + lifetime * 1000;
          const entry: Entry = { value: JSON.parse(JSON.stringify(value)) };
          if (expiresAt !== undefined) entry.expiresAt = expiresAt;
          Object.defineProperty(records, id, {
            value: entry,
            enumerable: true,
            configurable: true,
            writable: true,
          });
          return persist();
        },
        delete(ids) {
          for (const id of typeof ids === 'string' ? [ids] : ids) delete records[id];
          return persist();
        },
      };
    },
  };
}

function load(directory: string, file: string): Collections {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return JSON.parse(readFileSync(file, 'utf8')) as Collections;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AuthkitStartError(`cannot read the state of local AuthKit, ${file}: ${reason}`, { cause });
  }
}

function dropExpired(collections: Collections): void {
  const now = Date.now();
  for (const records of Object.values(collections))
    for (const [id, { expiresAt }] of Object.entries(records))
      if (expiresAt !== undefined && expiresAt <= now) delete records[id];
}

/** Records of one kind that exist from the first start on, until they are changed or removed. */
export type Seeded<T extends { id: string }> = {
  get(id: string): T | undefined;
  /** Seeded ones first. */
  all(): T[];
  set(value: T): Promise<void>;
  remove(id: string): Promise<void>;
};

export function openSeeded<T extends { id: string }>(
  store: Store,
  name: string,
  seeds: readonly T[],
): Seeded<T> {
  // null: a seed that was removed.
  const stored = store.collection<T | null>(name);
  const get = (id: string) => {
    const value = stored.get(id);
    return value === undefined ? seeds.find((seed) => seed.id === id) : (value ?? undefined);
  };
  return {
    get,
    all() {
      const ids = new Set([...seeds.map(({ id }) => id), ...stored.where(() => true).map(([id]) => id)]);
      return [...ids].map(get).filter((value) => value !== undefined);
    },
    set: (value) => stored.set(value.id, value),
    remove: (id) => stored.set(id, null),
  };
}
