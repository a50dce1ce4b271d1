import { describe, expect, it } from 'vitest';
import { BodyRefusedError, MAX_BODY_BYTES, readJsonBody, refuseBodyByHeaders } from '#lib/mcp/body.ts';

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/mcp', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit);
}

async function statusOf(body: BodyInit, headers?: Record<string, string>): Promise<number> {
  try {
    await readJsonBody(post(body, headers));
    return 200;
  } catch (error) {
    if (error instanceof BodyRefusedError) return error.status;
    throw error;
  }
}

/** A body without Content-Length, in pieces. */
function stream(pieces: number, bytes: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ < pieces) controller.enqueue(new Uint8Array(bytes).fill(32));
      else controller.close();
    },
  });
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a body', () => {
  it('is taken when it is JSON', async () => {
    expect(await readJsonBody(post('{"a":[1,{"b":"ü"}]}'))).toEqual({ a: [1, { b: 'ü' }] });
  });

  it.each(['', '{', 'not json', '{"a":1}}'])('that is not JSON is 400: %j', async (body) => {
    expect(await statusOf(body)).toBe(400);
  });

  it('that is not UTF-8 is 400', async () => {
    expect(await statusOf(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toBe(400);
  });

  it('nested deeper than 64 is 400, however deep', async () => {
    expect(await statusOf(nested(64))).toBe(200);
    expect(await statusOf(nested(65))).toBe(400);
    expect(await statusOf(nested(500_000))).toBe(400);
  });

  it.each(['{"params":{"arguments":{"__proto__":{"admin":true}}}}', '{"\\u005f_proto__":1}'])(
    'that names __proto__ is 400: %s',
    async (body) => {
      expect(await statusOf(body)).toBe(400);
    },
  );

  it('longer than the limit is 413, declared or not, whatever was declared', async () => {
    const long = ' '.repeat(MAX_BODY_BYTES + 1);
    expect(await statusOf(long)).toBe(413);
    expect(await statusOf(long, { 'content-length': '10' })).toBe(413);
    expect(await statusOf(stream(17, 65_536))).toBe(413);
  });
});

describe('the headers of a body', () => {
  const status = (headers: Record<string, string>) => {
    try {
      refuseBodyByHeaders(new Headers(headers));
      return 200;
    } catch (error) {
      return error instanceof BodyRefusedError ? error.status : 0;
    }
  };

  it('must say JSON without an encoding', () => {
    expect(status({ 'content-type': 'application/json; charset=utf-8' })).toBe(200);
    expect(status({})).toBe(415);
    expect(status({ 'content-type': 'application/jsonp' })).toBe(415);
    expect(status({ 'content-type': 'text/plain, application/json' })).toBe(415);
    for (const encoding of ['gzip', 'identity', 'x'])
      expect(status({ 'content-type': 'application/json', 'content-encoding': encoding })).toBe(415);
  });

  it('must not announce too much', () => {
    expect(status({ 'content-type': 'application/json', 'content-length': String(MAX_BODY_BYTES + 1) })).toBe(
      413,
    );
  });
});
