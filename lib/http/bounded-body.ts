/**
 * Reads the body of a request or of a response, at most `maxBytes` of it; a `content-length` is ignored.
 *
 * @returns undefined when it is longer; the rest is not read then
 */
export async function boundedBody(
  { body }: { body: AsyncIterable<Uint8Array> | null },
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
