import { config } from '#lib/config/env.ts';
import { everyMethod } from '#lib/http/every-method.ts';
import { issuerMetadataResponse } from '#lib/oauth/authorization-server-metadata.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = everyMethod((request: Request) =>
  issuerMetadataResponse(request, config()),
);
