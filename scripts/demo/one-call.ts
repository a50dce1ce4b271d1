import { StartError } from '../processes.ts';
import { Reporter } from './reporter.ts';
import { connect } from './stage.ts';

/** A tool and its arguments, from the command line. */
export type OneCall = { tool: string; args: Record<string, unknown> };

/**
 * Reads `<tool> [arguments as JSON]` from the command line.
 *
 * @returns undefined without arguments: the whole demo runs then
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
  const reporter = new Reporter(url);
  reporter.note(`The client knows one thing: ${url}`);
  const options = { account: 'ada', registration: 'cimd', era: 'auto', confirm: true } as const;
  const client = await connect({ reporter, url }, 'client', options);
  const names = (await client.client.listTools()).tools.map(({ name }) => name);
  if (!names.includes(tool))
    throw new StartError(
      `There is no tool ${tool} for Ada. Available: ${names.join(', ')}.\n` +
        'A tool needs its line in lib/mcp/tools/index.ts, and Ada the permission that it requires, if any.',
    );
  reporter.heading(`${tool}(${JSON.stringify(args)})`);
  const result = await client.callTool(tool, args);
  await client.close();
  const output = JSON.stringify(result.structuredContent ?? result.content);
  if (result.isError) throw new StartError(`The tool failed: ${output}`);
  reporter.check(true, output);
}
