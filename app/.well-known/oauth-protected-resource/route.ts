import { config } from '#lib/config/env.ts';
import { protectedResourceMetadataResponse } from '#lib/oauth/protected-resource-metadata.ts';

export const dynamic = 'force-dynamic';

const serve = (request: Request) => protectedResourceMetadataResponse(request, config());

export {
  serve as DELETE,
  serve as GET,
  serve as HEAD,
  serve as OPTIONS,
  serve as PATCH,
  serve as POST,
  serve as PUT,
};
