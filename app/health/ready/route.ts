import { readiness } from '#lib/mcp/health.ts';

export const GET = () => readiness();
