import { config } from '#lib/config/env.ts';
import { clientMetadataResponse } from '#lib/oauth/own-client-metadata.ts';

const answer = (request: Request) => clientMetadataResponse(request, config());

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
