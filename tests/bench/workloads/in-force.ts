import type { Context } from '../../../lib/connections/context.ts';
import { connectionId } from '../../../lib/connections/identity.ts';
import { NO_LIMITS } from '../../../lib/connections/policy/limits.ts';
import { setLimits, setOrganizationPolicy } from '../../../lib/connections/policy/policy.ts';
import { createContext } from '../../../lib/connections/process-context.ts';
import { getConnection } from '../../../lib/connections/queries.ts';
import { revokeConnection } from '../../../lib/connections/revocation.ts';
import { openDatabase } from '../../../lib/db/connection.ts';
import { backgroundWork } from '../../../lib/server/background.ts';
import { untilInForce } from '../../support/in-force.ts';
import { postMcp, toolCall } from '../../support/mcp-request.ts';
import { quantile } from '../interleaved.ts';
import type { Measured } from '../measured-process.ts';
import type { Stage } from '../stage.ts';
import type { Figure, Measuring } from './workload.ts';

/** How often each kind of change is made, each time to another connection. */
const TIMES = 100;
const TOOL = 'whoami';

type Subject = { userId: string; organizationId: string; connectionId: string; host: string; token: string };

/** What is changed, and the answers of calls for which it is in force. */
type Change = {
  name: string;
  make(context: Context, subject: Subject): Promise<unknown>;
  refused: RegExp;
};

const by = 'bench@example.com';

const CHANGES: readonly Change[] = [
  {
    name: 'a revocation',
    make: (context, subject) => revokeConnection({ ...subject, by }, context),
    refused: /^401 /,
  },
  {
    name: 'a limit',
    make: (context, subject) =>
      setLimits({ ...subject, by, limits: { readOnly: false, toolsOff: [TOOL] } }, context),
    refused: /^200 .*switched off the tool/s,
  },
  {
    name: 'a block',
    make: (context, { organizationId, host }) => {
      const policy = { allowedHosts: [], blockedHosts: [host], defaults: NO_LIMITS };
      return setOrganizationPolicy(organizationId, policy, by, context);
    },
    refused: /^200 .*The organization blocks clients/s,
  },
  {
    name: 'an end',
    make: (context, subject) =>
      setLimits({ ...subject, by, limits: { ...NO_LIMITS, expiresAt: new Date() } }, context),
    refused: /^401 /,
  },
];

/** Connections of people of their own, each in an organization of its own. */
async function subjects(stage: Stage, kind: number): Promise<Subject[]> {
  const { issuer } = stage;
  return await Promise.all(
    Array.from({ length: TIMES }, async (_, number): Promise<Subject> => {
      const [userId, organizationId] = [`user_${kind}_${number}`, `org_${kind}_${number}`];
      const host = `client-${number}.example`;
      const clientId = `https://${host}/id.json`;
      issuer.workos.set(`/user_management/users/${userId}/authorized_applications`, { data: [] });
      const sessionId = `consent_${kind}_${number}`;
      return {
        ...{ userId, organizationId, host },
        connectionId: connectionId({
          issuer: issuer.url,
          subject: userId,
          clientId,
          sessionId,
          organizationId,
        }),
        token: await issuer.token({
          sub: userId,
          sid: sessionId,
          client_id: clientId,
          org_id: organizationId,
          scope: 'openid profile',
          exp: Math.floor(Date.now() / 1000) + 3600,
        }),
      };
    }),
  );
}

/** @throws {Error} for an answer that is neither that of a call nor a refusal for this reason */
async function isRefused({ url }: Measured, { token }: Subject, { name, refused }: Change): Promise<boolean> {
  const response = await postMcp(url, token, toolCall(TOOL));
  const answer = `${response.status} ${await response.text()}`;
  if (refused.test(answer)) return true;
  if (/^200 .*structuredContent/s.test(answer)) return false;
  throw new Error(`${name}: ${answer.slice(0, 500)}`);
}

/**
 * How long a change takes to be in force on two instances that did not make it, from before it is made until the first call
 * was refused on both, while calls keep coming.
 */
async function measureChange(
  apps: readonly Measured[],
  context: Context,
  subject: Subject,
  change: Change,
): Promise<number> {
  const isInForce = (app: Measured) => () => isRefused(app, subject, change);
  for (const app of apps)
    if (await isInForce(app)()) throw new Error(`${change.name} is in force before it is made`);
  const from = performance.now();
  const watched = apps.map((app) => untilInForce(isInForce(app), from));
  await change.make(context, subject);
  return Math.max(...(await Promise.all(watched)).map(({ latest }) => latest));
}

/** When revocations, limits, blocks and ends are in force on two instances; this process is the third, which makes them. */
export const inForce: Measuring = {
  name: 'in-force',
  async measure(stage) {
    const url = await (await stage.postgres()).createDatabase();
    const { db, close } = await openDatabase({ kind: 'postgres', url });
    const api = new URL(stage.issuer.url);
    const env = {
      DATABASE_URL: url,
      WORKOS_API_HOSTNAME: api.hostname,
      WORKOS_API_PORT: api.port,
      WORKOS_API_HTTPS: 'false',
    };
    const context = createContext({
      database: async () => db,
      issuer: stage.issuer.url,
      grants: { list: async () => ({ grants: [], complete: false }), delete: async () => 'absent' },
    });
    const apps = [await stage.launchApp('in-force-1', env), await stage.launchApp('in-force-2', env)];
    try {
      for (const app of apps) await app.until('/health/ready');
      const figures: Figure[] = [];
      for (const [kind, change] of CHANGES.entries()) {
        const all = await subjects(stage, kind);
        for (const subject of all) for (const app of apps) await isRefused(app, subject, change);
        for (const { userId, connectionId } of all)
          while ((await getConnection(userId, connectionId, context)) === undefined)
            await new Promise((resolve) => setTimeout(resolve, 50));
        const took: number[] = [];
        for (const subject of all) took.push(await measureChange(apps, context, subject, change));
        figures.push(
          {
            name: `${change.name}, of ${TIMES}`,
            value: quantile(took, 0.5),
            between: [quantile(took, 0.25), quantile(took, 0.75)],
            unit: 'ms',
          },
          { name: `${change.name}, the slowest`, value: Math.max(...took), unit: 'ms' },
        );
      }
      await backgroundWork();
      return figures;
    } finally {
      for (const app of apps) await app.stop();
      await close();
    }
  },
};
