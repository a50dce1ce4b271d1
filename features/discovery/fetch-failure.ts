import type { Reference } from '#lib/checks/finding.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch-error.ts';
import { STANDARDS } from './standards.ts';

/**
 * Why there is no response. A person who may not learn about the network of this process gets `no_public_address` for a
 * name without an address and for a name with a private one: otherwise the inspector would be a directory of that network.
 */
export type FetchFailure =
  | 'no_address'
  | 'no_public_address'
  | 'address_refused'
  | 'url_refused'
  | 'not_listening'
  | 'timed_out'
  | 'tls_expired'
  | 'tls_wrong_name'
  | 'tls_untrusted'
  | 'tls_failed'
  | 'disconnected'
  | 'unreachable'
  | 'too_large'
  | 'encoded'
  | 'limited'
  | 'cancelled';

/** What was seen and what to do. `{host}` is the host and port of the URL, `{time}` how long the request took. */
export const FETCH_FAILURES: Record<
  FetchFailure,
  { id: string; title: string; observed: string; fix: string; reference: Reference }
> = {
  no_address: {
    id: 'host-unknown',
    title: 'The host name has no address',
    observed: 'DNS has no address for {host}. The hosts file of this machine is not read.',
    fix: 'Check the spelling of the host, and that its DNS record exists.',
    reference: STANDARDS.hosts,
  },
  no_public_address: {
    id: 'host-not-public',
    title: 'The host name has no public address',
    observed: 'DNS has no public address for {host}. Hosted clients cannot reach such a server.',
    fix: 'Check the spelling of the host and its DNS record. A tunnel gives a server in a private network a public URL.',
    reference: STANDARDS.hosts,
  },
  address_refused: {
    id: 'address-blocked',
    title: 'This inspector does not connect to the address of the host',
    observed: '{host} has an address that is not public. Nothing was sent.',
    fix: 'Use a public https URL, or on this computer an http URL of localhost. A tunnel gives a private server a public URL.',
    reference: STANDARDS.specialAddresses,
  },
  url_refused: {
    id: 'address-blocked',
    title: 'This inspector does not connect to this address',
    observed:
      '{host} is a private address, a name that is never public, or a port other than 443. Nothing was sent.',
    fix: 'Use a public https URL on port 443, or on a local deployment an http URL of localhost. A tunnel gives a private server a public URL.',
    reference: STANDARDS.specialAddresses,
  },
  not_listening: {
    id: 'connection-refused',
    title: 'Nothing listens on this port',
    observed: '{host} refused the connection.',
    fix: 'Start the server, or correct the port in the URL. Is the server running?',
    reference: STANDARDS.httpsOrigins,
  },
  timed_out: {
    id: 'timed-out',
    title: 'There was no answer in time',
    observed: '{host} did not answer within {time}.',
    fix: 'Answer within seconds. Look for a cold start, a firewall that drops packets, or a handler that never ends its response.',
    reference: STANDARDS.timeouts,
  },
  tls_expired: {
    id: 'tls-failed',
    title: 'The TLS certificate has expired',
    observed: 'The certificate of {host} is not valid now.',
    fix: 'Renew the certificate.',
    reference: STANDARDS.httpsCertificates,
  },
  tls_wrong_name: {
    id: 'tls-failed',
    title: 'The TLS certificate is for another host',
    observed: 'The certificate does not name {host}.',
    fix: 'Install a certificate for this host name.',
    reference: STANDARDS.httpsCertificates,
  },
  tls_untrusted: {
    id: 'tls-failed',
    title: 'The TLS certificate is not trusted',
    observed: 'The certificate of {host} is self-signed, or its chain is incomplete.',
    fix: 'Use a certificate of a public authority, and send the intermediate certificates with it.',
    reference: STANDARDS.httpsCertificates,
  },
  tls_failed: {
    id: 'tls-failed',
    title: 'The TLS handshake failed',
    observed: '{host} accepted the connection, and the TLS handshake failed.',
    fix: 'Serve https with TLS 1.2 or later on this port. Plain http on an https port fails like this.',
    reference: STANDARDS.httpsCertificates,
  },
  disconnected: {
    id: 'connection-closed',
    title: 'The connection was closed without a response',
    observed: '{host} closed the connection, or sent something that is not HTTP.',
    fix: 'Look for a crash in the log of the server, and for a proxy that closes the connection.',
    reference: STANDARDS.incompleteMessages,
  },
  unreachable: {
    id: 'unreachable',
    title: 'The host is unreachable from here',
    observed: 'There is no route to {host}, or the connection failed.',
    fix: 'Check that the host runs and that no firewall is in front of it.',
    reference: STANDARDS.httpsOrigins,
  },
  too_large: {
    id: 'response-too-large',
    title: 'The response is too large',
    observed: 'The response is larger than a client should accept.',
    fix: 'Answer with a few kilobytes at most.',
    reference: STANDARDS.content,
  },
  encoded: {
    id: 'response-compressed',
    title: 'The response is compressed without being asked',
    observed: 'The response has a Content-Encoding although the request accepts none.',
    fix: 'Compress only when the request has accept-encoding.',
    reference: STANDARDS.acceptEncoding,
  },
  limited: {
    id: 'rate-limited',
    title: 'Too many requests were made from here',
    observed: 'The limit of this inspector was reached. Nothing was sent.',
    fix: 'Wait a minute and run again.',
    reference: STANDARDS.tooManyRequests,
  },
  cancelled: {
    id: 'cancelled',
    title: 'The run was cancelled',
    observed: 'The request was cancelled before its answer.',
    fix: 'Run again.',
    reference: STANDARDS.timeouts,
  },
};

const TLS_FAILURES: [RegExp, FetchFailure][] = [
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, 'tls_expired'],
  [/ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH/, 'tls_wrong_name'],
  [
    /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED|CERT_REJECTED|INVALID_CA|CERT_SIGNATURE/,
    'tls_untrusted',
  ],
  [/EPROTO|ERR_SSL|ERR_TLS|CERT_|CRL_/, 'tls_failed'],
];
const REASONS: [RegExp, FetchFailure][] = [
  ...TLS_FAILURES,
  [/ECONNREFUSED/, 'not_listening'],
  [/ETIMEDOUT/, 'timed_out'],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_|^exchange:/, 'disconnected'],
  [/the name has no address/, 'no_address'],
];

/**
 * Why a guarded fetch gave no response.
 *
 * @param error - what the fetch threw
 * @param ownNetwork - whether the person may learn about the network of this process
 */
export function fetchFailure(error: unknown, ownNetwork: boolean): FetchFailure {
  if (!(error instanceof GuardedFetchError)) return 'unreachable';
  const { code, reason } = error;
  if (code === 'too_large' || code === 'encoded' || code === 'limited') return code;
  if (code === 'timeout') return 'timed_out';
  if (code === 'blocked') {
    // What the URL alone shows is no news to the person who entered it.
    if (!reason.startsWith('resolves to')) return 'url_refused';
    return ownNetwork ? 'address_refused' : 'no_public_address';
  }
  const found = REASONS.find(([pattern]) => pattern.test(reason))?.[1] ?? 'unreachable';
  return found === 'no_address' && !ownNetwork ? 'no_public_address' : found;
}

/** A sentence of {@link FETCH_FAILURES}, for the host of a URL and the time that its request took. */
export function failureText(text: string, seen: { host: string; durationMs: number | undefined }): string {
  const seconds = Math.max(1, Math.round((seen.durationMs ?? 0) / 1000));
  const within = seconds === 1 ? 'within a second' : `within ${seconds} s`;
  return text
    .replaceAll('{host}', seen.host)
    .replaceAll('within {time}', seen.durationMs === undefined ? 'in time' : within);
}
