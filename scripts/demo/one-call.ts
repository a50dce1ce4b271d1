import { StartError } from '../processes.ts';
import { ScriptedClient } from './client.ts';
import { narrateBrowser, narratedFetch } from './exchanges.ts';
import { Narrator } from './reporter.ts';

/** A call that somebody asked for on the command line. */
export type OneCall = { tool: string; args: Record<string, unknown> };

/**
 * Reads `<tool> [arguments as JSON]` from the command line.
 *
 * @returns undefined when there is nothing: the whole story is to be played
 * @throws {StartError} when the arguments are not a JSON object
 */
export function readOneCall([tool, json = '{}']: readonly string[]): OneCall | undefined {
  if (tool === undefined) return undefined;
  try {
    const args: unknown = JSON.parse(json);
    if (typeof args === 'object' && args !== null && !Array.isArray(args))
      return { tool, args: args as Record<string, unknown> };
  } catch {}
  throw new StartError(`${json} is not a JSON object. Write: npm run demo -- ${tool} '{"name": "value"}'`);
}

/**
 * Signs the official client in as Ada and calls one tool.
 *
 * @throws {StartError} when there is no such tool, or the call failed
 */
export async function playOneCall(url: string, { tool, args }: OneCall): Promise<void> {
  const narrator = new Narrator(url);
  narrator.note(`The client is given one thing: ${url}`);
  const client = await ScriptedClient.connect({
    url,
    account: 'ada',
    registration: 'cimd',
    era: 'auto',
    confirm: true,
    fetch: narratedFetch(narrator, 'client'),
    browsed: (authorizationUrl, callback) => narrateBrowser(narrator, authorizationUrl, callback),
  });
  const names = (await client.client.listTools()).tools.map(({ name }) => name);
  if (!names.includes(tool))
    throw new StartError(
      `Ada sees no tool ${tool}. She sees: ${names.join(', ')}.\n` +
        'A tool needs its line in lib/mcp/tools/index.ts, and Ada the permission that it asks for, if any.',
    );
  narrator.chapter(`${tool}(${JSON.stringify(args)})`);
  const result = await client.callTool(tool, args);
  await client.close();
  const told = result.structuredContent ?? result.content;
  if (result.isError) throw new StartError(`The tool failed: ${JSON.stringify(told)}`);
  narrator.check(true, JSON.stringify(told));
}
