import { config } from '#lib/config/env.ts';
import { clientMetadataResponse } from '#lib/oauth/own-client-metadata.ts';

export const dynamic = 'force-dynamic';

const serve = (request: Request) => clientMetadataResponse(request, config());

export {
  serve as DELETE,
  serve as GET,
  serve as HEAD,
  serve as OPTIONS,
  serve as PATCH,
  serve as POST,
  serve as PUT,
};
