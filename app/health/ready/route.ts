import { readiness } from '#lib/mcp/health.ts';

export const dynamic = 'force-dynamic';

export const GET = () => readiness();
