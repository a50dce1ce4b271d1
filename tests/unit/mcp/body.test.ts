import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, readJsonBody, refuseBodyHeaders } from '#lib/mcp/body.ts';

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/mcp', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit);
}

async function statusOf(body: BodyInit, headers?: Record<string, string>): Promise<number> {
  const read = await readJsonBody(post(body, headers));
  return read instanceof Response ? read.status : 200;
}

/** A body without Content-Length, in chunks. */
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
  it('is accepted when it is JSON', async () => {
    expect(await readJsonBody(post('{"a":[1,{"b":"ü"}]}'))).toEqual({ json: { a: [1, { b: 'ü' }] } });
  });

  it.each(['', '{', 'not json', '{"a":1}}'])('that is not JSON is refused with 400: %j', async (body) => {
    expect(await statusOf(body)).toBe(400);
  });

  it('that is not UTF-8 is refused with 400', async () => {
    expect(await statusOf(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toBe(400);
  });

  it('that is nested deeper than 64 levels is refused with 400', async () => {
    expect(await statusOf(nested(64))).toBe(200);
    expect(await statusOf(nested(65))).toBe(400);
    expect(await statusOf(nested(500_000))).toBe(400);
  });

  it.each(['{"params":{"arguments":{"__proto__":{"admin":true}}}}', '{"\\u005f_proto__":1}'])(
    'that has a member named __proto__ is refused with 400: %s',
    async (body) => {
      expect(await statusOf(body)).toBe(400);
    },
  );

  it('that is longer than the limit is refused with 413, whatever its Content-Length', async () => {
    const long = ' '.repeat(MAX_BODY_BYTES + 1);
    expect(await statusOf(long)).toBe(413);
    expect(await statusOf(long, { 'content-length': '10' })).toBe(413);
    expect(await statusOf(stream(17, 65_536))).toBe(413);
  });
});

describe('a client that leaves before its body has arrived', () => {
  const leaving = (error: Error) => new ReadableStream({ pull: (controller) => controller.error(error) });

  it('is no error of the server', async () => {
    const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    expect(await statusOf(leaving(reset))).toBe(499);
    const request = new Request(post(leaving(new Error('aborted'))), { signal: AbortSignal.abort() });
    expect(await readJsonBody(request)).toMatchObject({ status: 499 });
  });

  it('is distinguished from another failure', async () => {
    await expect(statusOf(leaving(new Error('a defect')))).rejects.toThrow('a defect');
  });
});

describe('the headers that describe a body', () => {
  const status = (headers: Record<string, string>) => refuseBodyHeaders(new Headers(headers))?.status ?? 200;

  it('are refused with 415 unless they say JSON without an encoding', () => {
    expect(status({ 'content-type': 'application/json; charset=utf-8' })).toBe(200);
    expect(status({})).toBe(415);
    expect(status({ 'content-type': 'application/jsonp' })).toBe(415);
    expect(status({ 'content-type': 'text/plain, application/json' })).toBe(415);
    for (const encoding of ['gzip', 'identity', 'x'])
      expect(status({ 'content-type': 'application/json', 'content-encoding': encoding })).toBe(415);
  });

  it('are refused with 413 when the declared length is over the limit', () => {
    expect(status({ 'content-type': 'application/json', 'content-length': String(MAX_BODY_BYTES + 1) })).toBe(
      413,
    );
  });
});
