import { after } from 'next/server';
import { handleMcp } from '#lib/mcp-open/endpoint.ts';

/** The endpoint as `leaveAuthenticationOut` of the benchmark's build leaves it. */
export const POST = (request: Request): Promise<Response> => handleMcp(request, after);
