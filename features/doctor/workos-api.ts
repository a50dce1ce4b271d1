import { z } from 'zod';
import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { isObject, member } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { REFERENCES } from './references.ts';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;
const MAX_PAGES = 20;

type Settings = Pick<Config, 'workos'>;

/** A response of the WorkOS API. `body` is undefined when it is not a JSON object. */
export type WorkosAnswer = {
  status: number;
  body: Readonly<Record<string, unknown>> | undefined;
  /** Seconds, when the response names them. */
  retryAfter: number | undefined;
};

/** Where the WorkOS API is, as an origin. */
function workosApi({ workos: { api } }: Settings): string {
  return new URL(`${api.https ? 'https' : 'http'}://${api.hostname}${api.port ? `:${api.port}` : ''}`).origin;
}

/**
 * Sends one request to the WorkOS API and returns the response as it is; the SDK turns some into other errors.
 *
 * @returns undefined when there is no response within 5 s
 */
export async function askWorkos(
  config: Settings,
  path: string,
  init: { method?: string; body?: object } = {},
): Promise<WorkosAnswer | undefined> {
  try {
    const response = await fetch(new URL(path, workosApi(config)), {
      method: init.method ?? 'GET',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${config.workos.apiKey}`,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: init.body === undefined ? undefined : JSON.stringify(init.body),
    });
    const bytes = await boundedBody(response, MAX_BYTES);
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      body: jsonObject(bytes),
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    };
  } catch {
    return undefined;
  }
}

function jsonObject(bytes: Uint8Array | undefined): WorkosAnswer['body'] {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * All rows of a list of the WorkOS API that have the wanted form; other rows are left out.
 *
 * @returns the answer that is not a list, when there is one
 */
export async function listWorkos<Row>(
  config: Settings,
  path: string,
  row: { safeParse(value: unknown): z.ZodSafeParseResult<Row> },
): Promise<{ rows: Row[] } | { answer: WorkosAnswer | undefined }> {
  const rows: Row[] = [];
  let after: unknown;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ limit: '100', ...(typeof after === 'string' ? { after } : {}) });
    const answer = await askWorkos(config, `${path}?${query}`);
    const data = answer?.body?.data;
    if (answer?.status !== 200 || !Array.isArray(data)) return { answer };
    for (const item of data) {
      const parsed = row.safeParse(item);
      if (parsed.success) rows.push(parsed.data);
    }
    const next = member(answer.body?.list_metadata, 'after');
    if (typeof next !== 'string' || next === after) break;
    after = next;
  }
  return { rows };
}

export const RESOURCES_PATH = '/user_management/authkit_oauth_resources';
export const resourceRow = z.object({ id: z.string(), uri: z.string(), default: z.boolean().nullish() });

/** `message` of an error response, safe to display. */
export function messageOf(answer: WorkosAnswer | undefined): string {
  const message = answer?.body?.message;
  return typeof message === 'string' && message !== '' ? ` (${sanitize(message, 160)})` : '';
}

/**
 * Why an answer says nothing about what was asked: no answer, a limit, a failure, or not the WorkOS API at all.
 *
 * @returns undefined for an answer that can be used
 */
export function troubleWith(config: Settings, answer: WorkosAnswer | undefined): Finding | undefined {
  const api = workosApi(config);
  const reference = REFERENCES.apiKeys;
  if (answer === undefined)
    return {
      id: 'workos-unreachable',
      severity: 'error',
      title: 'The WorkOS API does not answer',
      observed: `${api}: no answer within ${TIMEOUT_MS / 1000} s.`,
      reference,
      fix: `Allow this computer to reach ${api}. Leave WORKOS_API_HOSTNAME, WORKOS_API_PORT and WORKOS_API_HTTPS empty for https://api.workos.com.`,
    };
  const { status, body, retryAfter } = answer;
  if (status === 429)
    return {
      id: 'workos-limited',
      severity: 'warning',
      title: 'WorkOS limits the requests of this API key',
      observed: `${api}: status 429${retryAfter === undefined ? '' : `, Retry-After ${retryAfter} s`}. The settings at WorkOS were not all checked.`,
      reference: REFERENCES.rateLimits,
      fix: `Run this again ${retryAfter === undefined ? 'in a minute' : `after ${retryAfter} s`}. Sign-in to the pages shares this limit.`,
    };
  if (status >= 500)
    return {
      id: 'workos-failing',
      severity: 'error',
      title: 'The WorkOS API fails',
      observed: `${api}: status ${status}${messageOf(answer)}.`,
      reference,
      fix: 'Run this again later. https://status.workos.com shows incidents.',
    };
  if (status === 401 || status === 403 || body !== undefined) return undefined;
  return unexpected(config, answer);
}

/** An answer that the WorkOS API does not give to what was asked. */
export function unexpected(config: Settings, answer: WorkosAnswer): Finding {
  const { status, body } = answer;
  return {
    id: 'workos-unexpected',
    severity: 'error',
    title: 'The answer is not that of the WorkOS API',
    observed: `${workosApi(config)}: status ${status}${body ? messageOf(answer) : ', and the body is not a JSON object'}. The settings at WorkOS were not all checked.`,
    reference: REFERENCES.apiKeys,
    fix: 'Check WORKOS_API_HOSTNAME, and look for a proxy that answers in place of WorkOS.',
  };
}
