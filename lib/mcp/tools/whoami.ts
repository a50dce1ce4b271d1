import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** Returns what the access token says about the caller: person, client, organization, scopes, permissions. */
export const whoami = defineTool({
  name: 'whoami',
  title: 'Who am I',
  description:
    'Says who the access token of this call belongs to: person, client, organization, scopes and permissions.',
  input: z.strictObject({}),
  output: z.object({
    subject: z.string().describe('User id of the signed-in person'),
    issuer: z.string().describe('Authorization server that issued the token'),
    clientId: z.string().optional().describe('Client the token was issued to, when the token says so'),
    sessionId: z.string().optional().describe('Consent the token belongs to'),
    organizationId: z.string().optional(),
    scopes: z.array(z.string()),
    permissions: z.array(z.string()),
    expiresAt: z.string().describe('When the token expires, ISO 8601'),
  }),
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  run: (_input, { caller }) => ({
    subject: caller.subject,
    issuer: caller.issuer,
    clientId: caller.clientId,
    sessionId: caller.sessionId,
    organizationId: caller.organizationId,
    scopes: [...caller.scopes],
    permissions: [...caller.permissions],
    expiresAt: new Date(caller.expiresAt * 1000).toISOString(),
  }),
});
