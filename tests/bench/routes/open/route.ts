import { after } from 'next/server';
import { handleMcp } from '#lib/mcp-open/endpoint.ts';

/** The copy of the endpoint that `removeAuthentication` makes. */
export const POST = (request: Request): Promise<Response> => handleMcp(request, after);
