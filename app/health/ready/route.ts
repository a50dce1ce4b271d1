import { readiness } from '#lib/health/health.ts';

export const dynamic = 'force-dynamic';

export const GET = () => readiness();
