import type { ScriptedClient } from './client.ts';
import { callTool, claimsOf, connect, type Stage } from './stage.ts';

/**
 * Revokes a client of Ada's by tools of this server, from another client of hers.
 *
 * @returns false when the server has no such tools
 */
export async function revokeByTools(stage: Stage, laptop: ScriptedClient): Promise<boolean> {
  const names = (await laptop.client.listTools()).tools.map(({ name }) => name);
  if (!['list_connections', 'revoke_connection'].every((name) => names.includes(name))) return false;
  const { reporter } = stage;
  const { client_id: clientId } = claimsOf(laptop.tokens?.access_token);
  const options = { account: 'ada', registration: 'dcr', era: 'auto', confirm: true } as const;
  const phone = await connect(stage, 'phone', options);
  const { connections } = (await callTool(phone, 'list_connections')) as {
    connections: { id: string; clientId: string }[];
  };
  const connection = connections.find((each) => each.clientId === clientId);
  reporter.check(connection !== undefined, 'list_connections shows the laptop');
  const result = await phone.callTool('revoke_connection', { id: connection?.id ?? '' });
  reporter.check(result.isError !== true, 'revoke_connection asked for confirmation, then revoked it');
  reporter.check((await phone.client.listTools()).tools.length > 0, 'the phone still works');
  await phone.close();
  return true;
}
