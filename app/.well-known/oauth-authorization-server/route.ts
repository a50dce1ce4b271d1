import { config } from '#lib/config/env.ts';
import { issuerMetadataResponse } from '#lib/oauth/authorization-server-metadata.ts';

export const dynamic = 'force-dynamic';

const serve = (request: Request) => issuerMetadataResponse(request, config());

export {
  serve as DELETE,
  serve as GET,
  serve as HEAD,
  serve as OPTIONS,
  serve as PATCH,
  serve as POST,
  serve as PUT,
};
