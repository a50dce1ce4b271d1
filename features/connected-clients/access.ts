const WORDS: Record<string, string> = {
  openid: 'Know that it is you',
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  offline_access: 'Stay connected while you are away',
};

/** One thing a client may do: plain words, and after them the machine's name for it. */
export type Access = { words: string; name: string };

/** What scopes and permissions let a client do. A scope nobody described keeps its own name. */
export function describeAccess(scopes: readonly string[], permissions: readonly string[]): readonly Access[] {
  return [
    ...scopes.map((name) => ({ name, words: WORDS[name] ?? 'Use the scope' })),
    ...permissions.map((name) => ({ name, words: 'Use your permission' })),
  ];
}

/** The same in few words, for a table: what it sees, and in what else it goes further. */
export function summariseAccess(
  scopes: readonly string[],
  permissions: readonly string[],
): { sees: string; further: string | undefined } {
  const sees = scopes
    .filter((scope) => scope !== 'offline_access')
    .map((scope) => ({ openid: 'identity', email: 'e-mail' })[scope] ?? scope)
    .join(', ');
  const further = [
    scopes.includes('offline_access') && 'while you are away',
    permissions.length > 0 && `${permissions.length} permission${permissions.length === 1 ? '' : 's'}`,
  ].filter((part) => part !== false);
  return {
    sees: sees === '' ? 'Not known' : sees.charAt(0).toUpperCase() + sees.slice(1),
    further: further.length === 0 ? undefined : further.join(', '),
  };
}
