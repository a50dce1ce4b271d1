import nextEnv from '@next/env';
import { DOCUMENTS } from '#features/doctor/documents.ts';
import { LOCAL_AUTHKIT } from '#features/doctor/local.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { type Config, ConfigError, parseConfig } from '#lib/config/env.ts';
import { localEnvironment, replacedVariables } from '#scripts/local-environment.ts';
import { portFrom } from '#scripts/processes.ts';

/** The variables of WorkOS that are filled in while the one that turns them on is not. */
function replacedFindings(env: Readonly<Record<string, string | undefined>>): Finding[] {
  const names = replacedVariables(env);
  if (names.length === 0) return [];
  return [
    {
      id: 'variables-not-used',
      severity: 'warning',
      title: 'Variables are set that are not used',
      observed: `${names.join(', ')}: local AuthKit brings its own while WORKOS_API_KEY is not set.`,
      reference: DOCUMENTS.variables,
      fix: 'Set WORKOS_API_KEY to the secret key of your environment (WorkOS dashboard, API Keys), or remove them.',
    },
  ];
}

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
  const replaced = replacedFindings(combinedEnv);
  try {
    return { config: parseConfig(env), findings: replaced };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(
      ({ variable, found, fix }): Finding => ({
        id: `variable-${variable.toLowerCase().replaceAll('_', '-')}`,
        severity: 'error',
        title: found === 'is not set' ? `${variable} is missing` : `${variable} cannot be used`,
        observed: `${variable} ${found}.`,
        reference: DOCUMENTS.variables,
        fix: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
      }),
    );
    return { config: undefined, findings: [...(local ? [LOCAL_AUTHKIT] : []), ...replaced, ...problems] };
  }
}
