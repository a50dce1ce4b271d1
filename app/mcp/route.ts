import { after } from 'next/server';
import { handleMcp } from '#lib/mcp/endpoint.ts';

export const dynamic = 'force-dynamic';

const serve = (request: Request) => handleMcp(request, after);

export {
  serve as DELETE,
  serve as GET,
  serve as HEAD,
  serve as OPTIONS,
  serve as PATCH,
  serve as POST,
  serve as PUT,
};
