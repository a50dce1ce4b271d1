import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** Shows progress, and work that stops when the client disconnects. */
export const countdown = defineTool({
  name: 'countdown',
  title: 'Count down',
  description:
    'Waits for the given number of steps and reports progress at each. Stops when the client cancels or disconnects.',
  input: z.strictObject({
    steps: z.int().min(1).max(100).default(5).describe('How many steps'),
    stepMilliseconds: z.int().min(1).max(1000).default(200).describe('How long each step takes'),
  }),
  output: z.object({ steps: z.int().describe('Steps done') }),
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  async run({ steps, stepMilliseconds }, { progress, signal }) {
    for (let step = 1; step <= steps; step++) {
      await wait(stepMilliseconds, undefined, { signal });
      await progress(step, steps, `${steps - step} to go`);
    }
    return { steps };
  },
});
