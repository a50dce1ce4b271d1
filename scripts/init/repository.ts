import { spawnSync } from 'node:child_process';
import { isRepository } from './tree.ts';

/** What git knows of the directory; `undefined` outside of git. */
export type Git = {
  /** Whether something is changed or new since the last commit. */
  dirty: boolean;
  /** As it is written in the configuration. */
  origin: string | undefined;
  commits: number;
};

export function readGit(root: string): Git | undefined {
  if (!isRepository(root)) return undefined;
  const attempt = (...args: string[]) => {
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const commits = Number(attempt('rev-list', '--count', 'HEAD') ?? 0);
  return {
    dirty: commits > 0 && attempt('status', '--porcelain') !== '',
    origin: attempt('remote', 'get-url', 'origin'),
    commits,
  };
}

/** The https address of a git remote; undefined for a path on this machine. */
export function webAddress(remote: string): string | undefined {
  const [, host, path] =
    /^(?:https:\/\/|ssh:\/\/git@|git@)([\w.-]+)[/:]([\w./-]+?)(?:\.git)?$/.exec(remote) ?? [];
  return host && path ? `https://${host}/${path}` : undefined;
}

/**
 * A button that copies `repository` into the account of the person who presses it and deploys that, with a PostgreSQL
 * database of its own (vercel.com/docs/deploy-button).
 */
export function deployButton(repository: string): string {
  const database = {
    type: 'integration',
    protocol: 'storage',
    productSlug: 'neon',
    integrationSlug: 'neon',
  };
  const query = new URLSearchParams({
    'repository-url': repository,
    env: 'AUTHKIT_DOMAIN,WORKOS_API_KEY,WORKOS_CLIENT_ID,WORKOS_COOKIE_PASSWORD',
    envDescription: 'From the WorkOS dashboard. The cookie password is 32 random characters.',
    products: JSON.stringify([database]),
  });
  return `[![Deploy with Vercel](https://vercel.com/button)](https://vercel.com/new/clone?${query})\n`;
}
