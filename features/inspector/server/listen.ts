import type { Client } from '@modelcontextprotocol/client';

/** Receives notifications until `signal` aborts or the server ends the stream. */
export async function listen(
  client: Client,
  resources: readonly string[],
  signal: AbortSignal,
  onListening: () => void,
): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve());
  if (signal.aborted) return;
  const offered = client.getServerCapabilities() ?? {};
  if (client.getProtocolEra() === 'modern') {
    const subscription = await client.listen(
      {
        toolsListChanged: offered.tools?.listChanged,
        promptsListChanged: offered.prompts?.listChanged,
        resourcesListChanged: offered.resources?.listChanged,
        ...(resources.length > 0 && { resourceSubscriptions: [...resources] }),
      },
      { signal },
    );
    onListening();
    await subscription.closed;
    return;
  }
  for (const uri of resources) await client.subscribeResource({ uri }, { signal });
  onListening();
  await aborted;
}
