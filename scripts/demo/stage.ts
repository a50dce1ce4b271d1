import { ScriptedClient, type ScriptedClientOptions } from './client.ts';
import { reportBrowser, reportingFetch } from './exchanges.ts';
import type { Reporter } from './reporter.ts';

/** What every scenario of the demo has: the MCP endpoint, the issuer, and the output. */
export type Stage = { reporter: Reporter; url: string; authkit: string };

/** Connects the official client, and prints its requests as those of `sender`. */
export function connect(
  { reporter, url }: Pick<Stage, 'reporter' | 'url'>,
  sender: string,
  options: Omit<ScriptedClientOptions, 'url' | 'fetch'>,
): Promise<ScriptedClient> {
  return ScriptedClient.connect({
    url,
    fetch: reportingFetch(reporter, sender),
    browsed: (authorizationUrl, callback) => reportBrowser(reporter, authorizationUrl, callback),
    ...options,
  });
}

/** Calls a tool and returns its structured content. */
export async function callTool(
  client: ScriptedClient,
  name: string,
  args?: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const result = await client.callTool(name, args);
  return (result.structuredContent ?? {}) as Record<string, unknown>;
}

/** Sends one MCP message with a token, outside of a client. */
export function postWith({ reporter, url }: Stage, token: string, sender = 'client'): Promise<Response> {
  return reportingFetch(reporter, sender)(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
}

/** The claims of an access token. They are not verified here. */
export function claimsOf(token = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
