export { live as GET } from '#lib/health/health.ts';

export const dynamic = 'force-dynamic';
