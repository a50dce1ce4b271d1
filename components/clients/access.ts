const WORDS: Record<string, string> = {
  openid: 'Know that it is you',
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  offline_access: 'Stay connected while you are away',
};

/** One thing a client may do, in plain words, and the machine's name for it. */
export type Access = { words: string; name: string };

/** What scopes and permissions let a client do. A scope nobody described keeps its own name. */
export function describeAccess(scopes: readonly string[], permissions: readonly string[]): readonly Access[] {
  return [
    ...scopes.map((name) => ({ name, words: WORDS[name] ?? `Use the scope ${name}` })),
    ...permissions.map((name) => ({ name, words: `Use your permission ${name}` })),
  ];
}

/** The same in few words, for a table: "Identity, profile, offline". */
export function summariseAccess(scopes: readonly string[], permissions: readonly string[]): string {
  const short: Record<string, string> = {
    openid: 'identity',
    offline_access: 'while you are away',
    email: 'e-mail',
  };
  const parts = scopes.map((scope) => short[scope] ?? scope);
  if (permissions.length > 0)
    parts.push(`${permissions.length} permission${permissions.length === 1 ? '' : 's'}`);
  const text = parts.join(', ');
  return text === '' ? 'Not known' : text.charAt(0).toUpperCase() + text.slice(1);
}
