import { after } from 'next/server';
import { z } from 'zod';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { createHandler } from '#lib/mcp/server.ts';
import { defineTool } from '#lib/mcp/tool.ts';
import { tools } from '#lib/mcp/tools/index.ts';

const filler = (index: number) =>
  defineTool({
    name: `filler_${index}`,
    title: `Filler ${index}`,
    description: 'Stands in for one of many tools.',
    input: z.strictObject({ text: z.string(), limit: z.int().default(10) }),
    output: z.object({ text: z.string(), rows: z.array(z.object({ id: z.string(), at: z.string() })) }),
    annotations: { readOnlyHint: true },
    run: ({ text }) => ({ text, rows: [] }),
  });

const handlers = new Map<number, ReturnType<typeof createHandler>>();

/** This endpoint with as many tools as the path says. */
export async function POST(request: Request, { params }: { params: Promise<{ count: string }> }) {
  const count = Number((await params).count);
  let handler = handlers.get(count);
  if (handler === undefined) {
    const whoami = tools.slice(0, 1);
    handler = createHandler([...whoami, ...Array.from({ length: count - 1 }, (_, index) => filler(index))]);
    handlers.set(count, handler);
  }
  return handleMcp(request, after, handler);
}
