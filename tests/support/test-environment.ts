import { variables } from '#lib/config/schema.ts';

const OTHERS = ['APP_URL', 'MCP_ALLOWED_ORIGINS', 'VERCEL', 'VERCEL_ENV', 'VERCEL_URL'];

/**
 * What a process under test inherits from this machine: how to find programs and files, and every variable of the
 * app as empty, so that neither the shell nor a `.env` file of a developer reaches a test.
 */
export function testEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS } = process.env;
  const blank = [...Object.keys(variables.shape), ...OTHERS].map((name) => [name, '']);
  return { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS, ...Object.fromEntries(blank) };
}
