import type { GuardedResponse } from '#lib/guarded-fetch/guarded-fetch.ts';
import type { Exchange } from '../exchange.ts';
import type { DiscoveryProblem, Subject } from '../problems.ts';
import type { Answer } from '../trace.ts';

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
  if (answer.failure)
    return {
      problem: { reason: 'not_fetched', exchangeId, subject, failure: answer.failure },
      absent: false,
    };
  const { response } = answer;
  const { status } = response;
  if (status >= 300 && status < 400) {
    const location = response.headers.get('location') ?? '';
    return { problem: { reason: 'redirected', exchangeId, subject, location }, absent: false };
  }
  const invalid = (why: string, absent = false): DocumentReading => ({
    problem: { reason: 'document_invalid', exchangeId, subject, why },
    absent,
  });
  if (status !== 200) return invalid(`the status is ${status}`, status >= 400 && status < 500);
  let value: unknown;
  try {
    value = response.json();
  } catch {
    return invalid('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid('the body is not a JSON object');
  return { document: value as JsonObject, exchange: answer.exchange, response };
}

/** The strings of a list in a document; undefined when the value is not a list. */
export function stringList(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}
