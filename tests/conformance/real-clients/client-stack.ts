import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { serveJson, startFrontedStack } from '#tests/support/fronted-stack.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DOCUMENT_PATH = '/real-clients/metadata.json';
/** Names under which programs look for a browser. */
const BROWSERS = ['browser', 'open', 'xdg-open', 'gio', 'x-www-browser', 'sensible-browser'];

export type ClientStack = {
  /** The one thing that a client is given. */
  url: string;
  /** `client_id` of a client on this machine: its document is published by the front of this stack. */
  clientMetadataUrl: string;
  /** An environment for a program: a home of its own, and a browser in which a person signs in by herself. */
  environment(): Record<string, string>;
  close(): Promise<void>;
};

/** What a client with a listener on this machine publishes; RFC 8252 section 7.3 leaves the port open. */
const document = {
  client_id: `https://${RESERVED_CLIENT_HOST}${DOCUMENT_PATH}`,
  client_name: 'A client on this machine',
  redirect_uris: ['http://localhost/oauth/callback', 'http://127.0.0.1/oauth/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/**
 * The product behind a front that also publishes the metadata document of a client: local AuthKit reads the documents
 * of the reserved host from the origin of the app.
 */
export async function startClientStack(): Promise<ClientStack> {
  const stack = await startFrontedStack();
  stack.published.set(DOCUMENT_PATH, serveJson(document));
  let homes = 0;
  return {
    url: `${stack.appUrl}/mcp`,
    clientMetadataUrl: document.client_id,
    environment() {
      homes += 1;
      const home = join(stack.dataDir, `home-${homes}`);
      const programs = join(home, 'bin');
      mkdirSync(programs, { recursive: true });
      const script = join(ROOT, 'tests/conformance/real-clients/browser.ts');
      for (const name of BROWSERS) {
        const file = join(programs, name);
        writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
        chmodSync(file, 0o755);
      }
      return {
        HOME: home,
        PATH: `${programs}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
        BROWSER: join(programs, 'browser'),
        TMPDIR: home,
        MCP_REMOTE_CONFIG_DIR: join(home, 'mcp-remote'),
        MCP_STORAGE_DIR: join(home, 'inspector'),
        MCP_INSPECTOR_SECRET_STORE: 'file',
        MCP_AUTO_OPEN_ENABLED: 'true',
      };
    },
    close: stack.stop,
  };
}
