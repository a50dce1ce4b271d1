import { config } from '#lib/config/env.ts';
import { everyMethod } from '#lib/http/every-method.ts';
import { protectedResourceMetadataResponse } from '#lib/oauth/protected-resource-metadata.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = everyMethod((request: Request) =>
  protectedResourceMetadataResponse(request, config()),
);
