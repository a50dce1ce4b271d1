import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 1024 * 1024;

export type Answer = {
  url: string;
  status: number;
  headers: IncomingHttpHeaders;
  /** `WWW-Authenticate`, several joined with commas. */
  authenticate: string | undefined;
  body: string;
};

export type Question = {
  method?: string;
  /** A list sends the header several times. `host` replaces the one of the URL. */
  headers?: Record<string, string | string[]>;
  body?: string;
};

/** The server would not say: it was asked too often, or it is down for the moment. */
export class NotJudged extends Error {
  readonly code = 'not_judged';
}

/**
 * One HTTP exchange as it is on the wire: no redirect is followed, nothing is cached, any header can be set.
 *
 * @throws {NotJudged} on 429 and 503, which say nothing about the request
 * @throws when there is no answer in 15 s, or more than 1 MiB of it
 */
export function exchange(url: string | URL, question: Question = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = question;
  const target = new URL(url);
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const outgoing = request(target, { method, headers: { ...length, ...headers }, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = () => {
        const { statusCode: status = 0 } = incoming;
        if (status === 429 || status === 503) {
          reject(new NotJudged(`the server answered ${status}`));
          return;
        }
        resolve({
          url: target.href,
          status,
          headers: incoming.headers,
          authenticate: incoming.headersDistinct['www-authenticate']?.join(', '),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      };
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_BYTES) outgoing.destroy(new Error('the answer is longer than 1 MiB'));
        // A stream may stay open; its first message is the answer.
        if (isStream(incoming.headers) && /^data: ?\S.*\r?\n\r?\n/m.test(Buffer.concat(chunks).toString())) {
          finish();
          outgoing.destroy();
        }
      });
      incoming.on('end', finish);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const isStream = (headers: IncomingHttpHeaders) =>
  headers['content-type']?.startsWith('text/event-stream') ?? false;

/** The JSON of an answer, or of the last event if it is a stream; undefined when it is not JSON. */
export function json(answer: Answer): unknown {
  const text = isStream(answer.headers)
    ? answer.body
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .at(-1)
        ?.slice('data:'.length)
    : answer.body;
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
