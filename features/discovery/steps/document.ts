import type { GuardedResponse } from '#lib/guarded-fetch/guarded-fetch.ts';
import type { Exchange } from '../exchange.ts';
import { type DiscoveryProblem, notFetched, type Subject } from '../problems.ts';
import { type Answer, contentType } from '../trace.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export type DocumentReading =
  | { document: JsonObject; exchange: Exchange; response: GuardedResponse; problem?: undefined }
  | { document?: undefined; problem: DiscoveryProblem; absent: boolean };

/**
 * Reads the JSON object in a response. A redirect is a problem and is not followed: metadata has a fixed URL.
 *
 * @returns `absent: true` when the document does not exist (4xx), so that the next URL may be tried
 */
export function readDocument(answer: Answer, subject: Subject): DocumentReading {
  const exchangeId = answer.exchange.id;
  if (answer.failure) return { problem: notFetched(answer, subject), absent: false };
  const { response } = answer;
  const { status } = response;
  if (status >= 300 && status < 400) {
    const location = response.headers.get('location') ?? '';
    return { problem: { reason: 'redirected', exchangeId, subject, location }, absent: false };
  }
  const problem = (found: DiscoveryProblem, absent = false): DocumentReading => ({ problem: found, absent });
  const invalid = (why: string) => problem({ reason: 'document_invalid', exchangeId, subject, why });
  if (status !== 200)
    return problem({ reason: 'document_status', exchangeId, subject, status }, status >= 400 && status < 500);
  let value: unknown;
  try {
    value = response.json();
  } catch {
    return problem(
      isHtml(answer)
        ? { reason: 'document_is_html', exchangeId, subject }
        : { reason: 'document_not_json', exchangeId, subject, contentType: contentType(response.headers) },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid('the body is not a JSON object');
  return { document: value as JsonObject, exchange: answer.exchange, response };
}

/** Whether a response is a web page. */
export function isHtml({ response }: Answer): boolean {
  if (response === undefined) return false;
  if (contentType(response.headers) === 'text/html') return true;
  return /^\s{0,100}<(?:!doctype html|html)/i.test(response.text().slice(0, 200));
}

/** The strings of a list in a document; undefined when the value is not a list. */
export function stringList(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}
