export { live as GET } from '#lib/mcp/health.ts';
