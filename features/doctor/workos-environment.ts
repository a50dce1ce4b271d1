import { z } from 'zod';
import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { resourceUrl, signInCallbackUrl } from '#lib/config/urls.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { REFERENCES } from './references.ts';
import {
  askWorkos,
  listWorkos,
  messageOf,
  RESOURCES_PATH,
  resourceRow,
  troubleWith,
  type WorkosAnswer,
} from './workos-api.ts';

const quoted = (texts: readonly string[]) =>
  texts.length === 0
    ? 'none'
    : texts
        .slice(0, 10)
        .map((text) => sanitize(text, 160))
        .join(', ');

/** Why a list was not read, as a sentence. */
const unread = (answer: WorkosAnswer | undefined) =>
  answer === undefined ? 'WorkOS was not asked.' : `WorkOS answers ${answer.status}${messageOf(answer)}.`;

/**
 * What is set in the environment of WorkOS, against what this deployment needs.
 *
 * @param readable - false when the API cannot be used; then everything is a note
 */
export async function environmentFindings(config: Config, readable: boolean): Promise<Finding[]> {
  const checks = [
    resourceFindings(config, readable),
    redirectFindings(config, readable),
    ...(readable ? [corsFindings(config), templateFindings(config), permissionFindings(config)] : []),
  ];
  return [...(await Promise.all(checks)).flat(), ...dashboardNotes(config)];
}

async function list<Row>(config: Config, readable: boolean, path: string, row: z.ZodType<Row>) {
  return readable ? listWorkos(config, path, row) : { answer: undefined };
}

async function resourceFindings(config: Config, readable: boolean): Promise<Finding[]> {
  const uri = resourceUrl(config);
  const reference = REFERENCES.resources;
  const listed = await list(config, readable, RESOURCES_PATH, resourceRow);
  if ('answer' in listed)
    return [
      {
        id: 'resource-indicator',
        severity: 'note',
        title: 'The resource indicator was not verified',
        observed: `${unread(listed.answer)} Tokens must be issued for ${uri}: for a resource that is not registered their aud is a client ID, and every call is refused.`,
        reference,
        fix: `Register ${uri} in the WorkOS dashboard, Connect, Configuration, or run npm run doctor -- --register-resource. To verify it, pipe an access token to npm run doctor -- --token.`,
      },
    ];
  const own = listed.rows.find((row) => row.uri === uri);
  if (own === undefined)
    return [
      {
        id: 'resource-indicator-missing',
        severity: 'error',
        title: 'The resource indicator is not registered',
        observed: `${uri} is not registered at WorkOS. Registered: ${quoted(listed.rows.map((row) => row.uri))}.`,
        reference,
        fix: `Run npm run doctor -- --register-resource, or register exactly ${uri} in the WorkOS dashboard, Connect, Configuration. Clients must sign in again: old tokens keep their aud.`,
      },
    ];
  const registered: Finding = {
    id: 'resource-indicator',
    severity: 'passed',
    title: 'Resource indicator',
    observed: `${uri} is registered at WorkOS${own.default ? ', and is the default' : ''}.`,
    reference,
  };
  if (own.default) return [registered];
  const other = listed.rows.find((row) => row.default);
  return [
    registered,
    {
      id: 'resource-indicator-not-default',
      severity: 'note',
      title: 'Clients that send no resource are refused',
      observed: other
        ? `The default resource indicator is ${sanitize(other.uri, 160)}: tokens of clients that send no resource are issued for it.`
        : 'No resource indicator is the default. Some clients send no resource (versions of Claude Code, Warp): their tokens have a client ID as aud.',
      reference,
      fix: other
        ? 'If these clients should use this server, set its indicator as default in the WorkOS dashboard, Connect, Configuration.'
        : `To let them in, set ${uri} as default in the WorkOS dashboard, Connect, Configuration.`,
    },
  ];
}

const uriRow = z.object({ uri: z.string() });

/** Whether a registered redirect URI, in which `*` is a part of one label, covers this one. */
function covers(pattern: string, uri: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^./:]*')}$`).test(uri);
}

async function redirectFindings(config: Config, readable: boolean): Promise<Finding[]> {
  const uri = signInCallbackUrl(config);
  const reference = REFERENCES.redirects;
  const fix = `Register ${uri} in the WorkOS dashboard, Redirects.`;
  const listed = await list(config, readable, '/user_management/redirect_uris', uriRow);
  if ('answer' in listed)
    return [
      {
        id: 'redirect-uris',
        severity: 'note',
        title: 'The redirect URI of sign-in was not verified',
        observed: `${unread(listed.answer)} Sign-in to the pages returns to ${uri}.`,
        reference,
        fix,
      },
    ];
  const found = listed.rows.some((row) => covers(row.uri, uri));
  return [
    found
      ? {
          id: 'redirect-uris',
          severity: 'passed',
          title: 'Redirect URI of sign-in',
          observed: `${uri} is registered at WorkOS.`,
          reference,
        }
      : {
          id: 'redirect-uri-missing',
          severity: 'error',
          title: 'The redirect URI of sign-in is not registered',
          observed: `${uri} is not registered at WorkOS. Registered: ${quoted(listed.rows.map((row) => row.uri))}.`,
          reference,
          fix,
        },
  ];
}

const originRow = z.object({ origin: z.string() });

/** A browser client needs its origin in two places: here, and at AuthKit for the token endpoint. */
async function corsFindings(config: Config): Promise<Finding[]> {
  const needed = config.allowedOrigins.filter((origin) => origin !== config.appUrl && isWebOrigin(origin));
  const listed = await listWorkos(config, '/user_management/cors_origins', originRow);
  if ('answer' in listed || needed.length === 0) return [];
  const missing = needed.filter((origin) => !listed.rows.some((row) => covers(row.origin, origin)));
  return missing.length === 0
    ? []
    : [
        {
          id: 'cors-origin-missing',
          severity: 'warning',
          title: 'Browser clients cannot get tokens',
          observed: `MCP_ALLOWED_ORIGINS has ${quoted(missing)}, which WorkOS does not have as a CORS origin: the browser hides the answer of the token endpoint. Registered: ${quoted(listed.rows.map((row) => row.origin))}.`,
          reference: REFERENCES.cors,
          fix: 'Add these origins in the WorkOS dashboard, Authentication, Sessions, Cross-Origin Resource Sharing (CORS).',
        },
      ];
}

const isWebOrigin = (origin: string) => /^https?:/.test(origin) && !isLoopback(new URL(origin));

/** Claims that the environment's JWT template may set for its own reasons, and what that does to tokens for MCP. */
const TEMPLATE_CLAIMS: Readonly<Record<string, string>> = {
  aud: 'the audience of the template may replace the resource, and then every call is refused',
  scope: 'every client seems to have these scopes, even if others were granted',
  client_id: 'all clients look like one, so that they cannot be revoked one by one',
  sid: 'consents cannot be distinguished',
  permissions: 'the tools that need a permission trust this list',
};

async function templateFindings(config: Config): Promise<Finding[]> {
  const answer = await askWorkos(config, '/user_management/jwt_template');
  const content = answer?.status === 200 ? answer.body?.content : undefined;
  if (typeof content !== 'string') return [];
  return Object.entries(TEMPLATE_CLAIMS)
    .filter(([claim]) => new RegExp(`["']${claim}["']\\s*:`).test(content))
    .map(([claim, meaning]) => ({
      id: `jwt-template-${claim.replace('_', '-')}`,
      severity: claim === 'permissions' ? ('note' as const) : ('warning' as const),
      title: `The JWT template sets ${claim}`,
      observed: `The template of the environment applies to tokens of MCP clients as well: ${meaning}.`,
      reference: REFERENCES.jwtTemplates,
      fix: `Remove ${claim} from the template (WorkOS dashboard, Authentication, Sessions), or pipe an access token to npm run doctor -- --token and check it.`,
    }));
}

const roleRow = z.object({ slug: z.string(), permissions: z.array(z.unknown()).nullish() });

/** Tools that need a permission work only for people with a role that has it. */
async function permissionFindings(config: Config): Promise<Finding[]> {
  const guarded = tools.filter(({ permission }) => permission !== undefined);
  if (guarded.length === 0) return [];
  const names = guarded.map(({ name, permission }) => `${name} (${permission})`).join(', ');
  const answer = await askWorkos(config, '/authorization/roles');
  const trouble = answer?.status === 401 || answer?.status === 403 ? 'refused' : troubleWith(config, answer);
  const rows = z.array(roleRow).safeParse(answer?.body?.data);
  const known = rows.success ? rows.data.flatMap(({ permissions }) => permissions ?? []) : undefined;
  const missing = guarded.filter(({ permission }) => !known?.includes(permission));
  if (missing.length === 0) return [];
  return [
    {
      id: 'tool-permissions',
      severity: 'note',
      title: 'Some tools need a permission',
      observed: `${names}. ${
        trouble || answer?.status !== 200 || known === undefined
          ? `The roles of the environment could not be read (${answer === undefined ? 'no answer' : `status ${answer.status}`}).`
          : `No role of the environment has ${missing.map(({ permission }) => permission).join(', ')}; a role of an organization may have it.`
      } Without it a tool is in no list.`,
      reference: REFERENCES.roles,
      fix: 'Create the permission and add it to a role (WorkOS dashboard, Authorization), give people that role in an organization, and let them choose this organization when they consent.',
    },
  ];
}

/** What only the dashboard shows. */
function dashboardNotes({ appUrl }: Config): Finding[] {
  return [
    {
      id: 'dashboard-urls',
      severity: 'note',
      title: 'Two URLs can only be checked in the dashboard',
      observed: `Without the Initiate login URI, sign-ins that begin at AuthKit (impersonation, links in mails, a bookmarked page) arrive without state. Sign-out returns to ${appUrl}/. No API shows either.`,
      reference: REFERENCES.redirects,
      fix: `In the WorkOS dashboard, Redirects, set the Initiate login URI (sign-in endpoint) to ${appUrl}/login, and add the sign-out redirect ${appUrl}/.`,
    },
  ];
}
