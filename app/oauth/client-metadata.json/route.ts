import { clientMetadataResponse } from '#lib/cimd/own-client-metadata.ts';
import { config } from '#lib/config/env.ts';

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
