/**
 * Reads the body of a request, at most `maxBytes` of it, whatever its `Content-Length` says.
 *
 * @returns undefined when it is longer; the rest is not read then
 */
export async function boundedBody(
  request: Pick<Request, 'body'>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
