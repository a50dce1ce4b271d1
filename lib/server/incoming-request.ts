import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { writeClientIp } from './client-ip.ts';
import { trackServer } from './drain.ts';
import { acceptAbsoluteTarget, acceptEndpointWithSlash, hideFileFromOtherMethods } from './request-target.ts';
import { BASELINE_HEADERS, HSTS } from './security-headers.ts';

type Incoming = { request: IncomingMessage; response: ServerResponse; socket: Socket; server: Server };

/**
 * Prepares each request of this process before Next reads it, in the order of the steps below.
 *
 * @param onForwarded - called for the first request that has an `x-forwarded-for`
 */
export function prepareIncomingRequests(onForwarded?: () => void): void {
  let report = onForwarded;
  subscribe('http.server.request.start', (message) => {
    const { request, response, socket, server } = message as Incoming;
    // Before Next sets the header where it is absent.
    if (report !== undefined && request.headers['x-forwarded-for'] !== undefined) {
      report();
      report = undefined;
    }
    writeClientIp(request, socket);
    setBaselineHeaders(request, response);
    joinRepeatedAuthorization(request);
    acceptAbsoluteTarget(request);
    acceptEndpointWithSlash(request);
    hideFileFromOtherMethods(request);
    trackServer(server);
  });
}

/** Sets the security headers of every response. A page replaces the policy with its own. */
function setBaselineHeaders(request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(BASELINE_HEADERS)) response.setHeader(name, value);
  if (request.headers['x-forwarded-proto'] === 'https') response.setHeader('strict-transport-security', HSTS);
}

/**
 * Joins a repeated `authorization` header into one list. Node keeps the first value and drops the others, so a proxy
 * that reads the last value and this server would judge different credentials; a list is refused.
 */
function joinRepeatedAuthorization(request: IncomingMessage): void {
  const values = request.rawHeaders.filter(
    (_value, index, raw) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'authorization',
  );
  if (values.length > 1) request.headers.authorization = values.join(', ');
}
