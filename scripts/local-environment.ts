import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that survives restarts, so that browsers stay signed in. Only this machine uses it. */
function storedSecret(dataDir: string, name: string): string {
  const file = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8');
}

/** Variables that {@link localEnvironment} sets besides ports. Other values have no effect with local AuthKit. */
const REPLACED = [
  'APP_URL',
  'AUTHKIT_DOMAIN',
  'WORKOS_CLIENT_ID',
  'WORKOS_COOKIE_PASSWORD',
  'WORKOS_API_HOSTNAME',
  'WORKOS_API_PORT',
  'WORKOS_API_HTTPS',
] as const;

/** Variables that are set, and that local AuthKit replaces because `WORKOS_API_KEY` is not set. */
export function replacedVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return env.WORKOS_API_KEY ? [] : REPLACED.filter((name) => env[name]);
}

/**
 * The variables that make the app use local AuthKit instead of WorkOS. Nothing else differs: the app does not know which
 * one it uses.
 *
 * @param options.appPort - TCP port of the app
 * @param options.authkitPort - TCP port of local AuthKit
 * @param options.dataDir - directory for the cookie secret; `.data` by default
 */
export function localEnvironment(options: {
  appPort: number;
  authkitPort: number;
  dataDir?: string;
}): Record<string, string> {
  const { appPort, authkitPort, dataDir = '.data' } = options;
  return {
    PORT: String(appPort),
    APP_URL: `http://localhost:${appPort}`,
    AUTHKIT_DOMAIN: `http://localhost:${authkitPort}`,
    WORKOS_API_KEY: 'sk_test_local',
    WORKOS_CLIENT_ID: 'client_local',
    WORKOS_COOKIE_PASSWORD: storedSecret(dataDir, 'cookie-password'),
    WORKOS_API_HOSTNAME: 'localhost',
    WORKOS_API_PORT: String(authkitPort),
    WORKOS_API_HTTPS: 'false',
  };
}
