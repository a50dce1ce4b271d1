import { clientMetadataResponse } from '#lib/cimd/own-client-metadata.ts';
import { config } from '#lib/config/env.ts';
import { everyMethod } from '#lib/http/every-method.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = everyMethod((request: Request) =>
  clientMetadataResponse(request, config()),
);
