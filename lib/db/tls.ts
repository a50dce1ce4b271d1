import { isIP } from 'node:net';
import type { ClientConfig } from 'pg';
import { classifyAddress } from '#lib/guarded-fetch/address.ts';

/** Modes that pg 8 treats as `verify-full`, with a warning on several lines. */
const VERIFIED = new Set(['prefer', 'require', 'verify-ca']);

/** Whether a database is in the network of the app: this computer, a service name, a private address or zone. */
export function isNear(host: string): boolean {
  const name = host.replaceAll(/[[\]]/g, '');
  if (isIP(name) !== 0) return classifyAddress(name).kind !== 'public';
  return !name.includes('.') || /(?:^|\.)(?:internal|local|localhost|svc)$/i.test(name);
}

/**
 * How to connect to PostgreSQL: with TLS and a verified certificate, unless the URL says otherwise or, without an
 * `sslmode`, the database is in the network of the app.
 *
 * @param ca - certificate authority of the server, PEM
 */
export function connectionOptions({ url, ca }: { url: string; ca?: string | undefined }): ClientConfig {
  const parsed = new URL(url);
  const parameters = parsed.searchParams;
  const mode = parameters.get('sslmode');
  const silent = !parameters.has('ssl') && !parameters.has('host') && !isNear(parsed.hostname);
  if (!parameters.has('uselibpqcompat') && (mode === null ? silent : VERIFIED.has(mode)))
    parameters.set('sslmode', 'verify-full');
  if (ca === undefined) return { connectionString: parsed.href };
  // pg would prefer the options of the URL.
  for (const name of ['sslmode', 'sslrootcert']) parameters.delete(name);
  return { connectionString: parsed.href, ssl: { ca } };
}
