import { after } from 'next/server';
import { everyMethod } from '#lib/http/every-method.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';

// Without this Next wraps each request in a proxy that records which of its properties are read.
export const dynamic = 'force-dynamic';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = everyMethod((request: Request) =>
  handleMcp(request, after),
);
