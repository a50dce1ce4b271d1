import nextEnv from '@next/env';
import { type Config, ConfigError, parseConfig } from '#lib/config/env.ts';
import { DOCUMENTS } from '#lib/inspector/configuration/documents.ts';
import { LOCAL_AUTHKIT } from '#lib/inspector/configuration/local.ts';
import type { Finding } from '#lib/inspector/finding.ts';
import { localEnvironment } from '../local-environment.ts';
import { portFrom } from '../processes.ts';

/** The configuration as the app would have it, `.env` files included, and what is wrong with it. */
export function configurationHere(): { config: Config | undefined; findings: Finding[] } {
  const { combinedEnv } = nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', {
    info() {},
    error: console.error,
  });
  const local = !combinedEnv.WORKOS_API_KEY;
  const env = local
    ? {
        ...combinedEnv,
        ...localEnvironment({
          appPort: portFrom(combinedEnv, 'PORT', 3000),
          authkitPort: portFrom(combinedEnv, 'AUTHKIT_PORT', 4100),
        }),
      }
    : combinedEnv;
  try {
    return { config: parseConfig(env), findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(
      ({ variable, found, fix }): Finding => ({
        id: `variable-${variable.toLowerCase().replaceAll('_', '-')}`,
        severity: 'error',
        title: `${variable} cannot be used`,
        seen: `${variable} ${found}.`,
        standard: DOCUMENTS.variables,
        fix: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
      }),
    );
    return { config: undefined, findings: [...(local ? [LOCAL_AUTHKIT] : []), ...problems] };
  }
}
