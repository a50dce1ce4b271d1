import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const argsSchema = z.object({ focus: z.string().max(200).optional().describe('What to look for') });

/** A prompt that asks the model to read the notes of the signed-in person and to summarize what it finds. */
export function reviewNotes(server: McpServer): void {
  server.registerPrompt(
    'review_notes',
    {
      title: 'Review my notes',
      description: 'Goes through the notes of the signed-in person and says what stands out',
      argsSchema,
    },
    ({ focus }) => {
      const aim = focus === undefined ? 'what stands out and what looks out of date' : focus;
      const text = `Read all my notes with list_notes, page by page. Then tell me, in a short list: ${aim}. Change nothing without asking me.`;
      return { messages: [{ role: 'user', content: { type: 'text', text } }] };
    },
  );
}
