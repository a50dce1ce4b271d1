export { live as GET } from '#lib/mcp/health.ts';

export const dynamic = 'force-dynamic';
