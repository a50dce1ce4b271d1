/** What the server says of one client while its row is on the screen. */
export type LiveConnection = { id: string; lastUsed: string | null; state: string };

export type LiveSnapshot = { total: number; connections: readonly LiveConnection[] };

type Listener = () => void;

let lastUsed: ReadonlyMap<string, string> = new Map();
const listeners = new Set<Listener>();

export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** When a client was last used, as far as it was heard since the page came; ISO 8601. */
export function lastUsedOf(id: string): string | undefined {
  return lastUsed.get(id);
}

/** Takes in what the server said; tells the rows only if something is new. */
export function applySnapshot({ connections }: LiveSnapshot): void {
  const next = new Map(lastUsed);
  for (const { id, lastUsed: at } of connections) if (at !== null) next.set(id, at);
  if ([...next].every(([id, at]) => lastUsed.get(id) === at)) return;
  lastUsed = next;
  for (const listener of listeners) listener();
}
