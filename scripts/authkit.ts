import { behaviourFrom } from '#dev/authkit/options.ts';
import { startAuthkit } from '#dev/authkit/server.ts';
import { AuthkitStartError } from '#dev/authkit/start-error.ts';

const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const { AUTHKIT_PORT = '4100', APP_URL, PORT = '3000', AUTHKIT_DATA_DIR = '.data/authkit' } = env;

try {
  if (!/^\d{1,5}$/.test(AUTHKIT_PORT))
    throw new AuthkitStartError(`AUTHKIT_PORT is not a port number: ${AUTHKIT_PORT}`);
  const authkit = await startAuthkit({
    port: Number(AUTHKIT_PORT),
    appUrl: APP_URL || `http://localhost:${PORT || '3000'}`,
    dataDir: AUTHKIT_DATA_DIR,
    webhookSecret: env.WORKOS_WEBHOOK_SECRET,
    // Gemini CLI takes no authorization response without `iss`. WorkOS is not known to send it, so tests do without.
    behaviour: { issInResponse: true, ...behaviourFrom(env) },
    log: (line) => console.error(line),
  });
  console.log(`local AuthKit ready ${authkit.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      authkit.close().finally(() => process.exit(0));
    });
} catch (error) {
  if (!(error instanceof AuthkitStartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
