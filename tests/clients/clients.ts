import type { ClientUnderTest } from './client.ts';
import { agents } from './drivers/agents.ts';
import { commandLines } from './drivers/command-lines.ts';
import { libraries } from './drivers/libraries.ts';

export const clients: readonly ClientUnderTest[] = [...agents, ...commandLines, ...libraries];
