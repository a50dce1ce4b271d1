import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Tools as the peers' own documentation declares them: inside the callback that is given the server. */
export function registerTools(server: McpServer, count: number): void {
  server.registerTool(
    'whoami',
    {
      title: 'Who am I',
      description: 'Says who is calling.',
      inputSchema: z.object({}),
      outputSchema: z.object({ subject: z.string(), clientId: z.string() }),
    },
    async (_args, context) => {
      const { authInfo } =
        (context as { http?: { authInfo?: { clientId: string; extra?: { subject?: string } } } }).http ?? {};
      const result = { subject: authInfo?.extra?.subject ?? '', clientId: authInfo?.clientId ?? '' };
      return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
    },
  );
  for (let index = 1; index < count; index++)
    server.registerTool(
      `filler_${index}`,
      {
        title: `Filler ${index}`,
        description: 'Stands in for one of several tools.',
        inputSchema: z.object({ text: z.string(), limit: z.number().int().default(10) }),
        outputSchema: z.object({
          text: z.string(),
          rows: z.array(z.object({ id: z.string(), at: z.string() })),
        }),
      },
      async ({ text }) => ({ content: [{ type: 'text', text }], structuredContent: { text, rows: [] } }),
    );
}
