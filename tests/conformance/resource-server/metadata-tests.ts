import { bearerChallenge } from './challenge.ts';
import { type Answer, exchange, json } from './exchange.ts';
import { message } from './message.ts';
import { issuerProblem, texts, valueProblem } from './metadata-values.ts';
import type { Revision } from './requirement.ts';
import { announcedUrl, findMetadata, knock, type Subject, send, wellKnownUrl } from './subject.ts';
import { expectStatus, first, NotApplicable, type TestCase } from './test-case.ts';

/** A name that must not turn up in anything that is published. */
const FOREIGN = 'attacker.example';

const challengeOf = (answer: Answer) => bearerChallenge(answer.authenticate)?.parameters;

/** The metadata document, when there is one: its absence is the failure of another test. */
async function documentOf(subject: Subject, revision: Revision): Promise<Record<string, unknown>> {
  const { answer, document } = await findMetadata(subject, revision);
  if (answer.status !== 200 || document === undefined) throw new NotApplicable('there is no metadata');
  return document;
}

/** Everything published about this resource, when a request carries these headers. */
async function published(subject: Subject, revision: Revision, headers: Record<string, string>) {
  const challenge = await send(subject, message(revision, 'tools/list'), { headers });
  const place = announcedUrl(await knock(subject, revision)) ?? wellKnownUrl(subject.url);
  const metadata = await exchange(place, { headers });
  return `${challenge.authenticate ?? ''}\n${JSON.stringify(metadata.headers)}\n${metadata.body}`;
}

/** A client that looks for the authorization server. */
export const metadataTests: readonly TestCase[] = [
  {
    name: 'a client that knows only the URL finds the metadata',
    covers: ['metadata-discoverable'],
    run: async (subject, revision) => {
      const { answer, document } = await findMetadata(subject, revision);
      return first(
        expectStatus(answer.url, answer, 200),
        document === undefined && `${answer.url} is not a JSON object`,
      );
    },
  },
  {
    name: 'offline_access is not requested',
    covers: ['no-offline-access'],
    run: async (subject, revision) => {
      const challenged =
        challengeOf(await knock(subject, revision))
          ?.get('scope')
          ?.split(' ') ?? [];
      const document = await documentOf(subject, revision);
      return first(
        challenged.includes('offline_access') && 'the challenge names offline_access',
        texts(document.scopes_supported).includes('offline_access') && 'scopes_supported names it',
      );
    },
  },
  {
    name: 'the metadata is JSON without credentials',
    covers: ['metadata-served'],
    run: async (subject, revision) => {
      const { answer, document } = await findMetadata(subject, revision);
      const type = answer.headers['content-type'];
      return first(
        expectStatus(answer.url, answer, 200),
        !/^application\/json\s*(;|$)/i.test(type ?? '') && `Content-Type is ${type}`,
        document === undefined && 'the body is not a JSON object',
      );
    },
  },
  {
    name: 'the metadata is at the well-known URL of the resource',
    covers: ['metadata-well-known'],
    run: async (subject) => {
      const url = wellKnownUrl(subject.url);
      return expectStatus(url, await exchange(url, { headers: { accept: 'application/json' } }), 200);
    },
  },
  {
    name: 'the resource in the metadata is the URL that the client was given',
    covers: ['metadata-resource'],
    run: async (subject, revision) => {
      const { resource } = await documentOf(subject, revision);
      return resource === subject.url ? undefined : `resource is ${JSON.stringify(resource)}`;
    },
  },
  {
    name: 'the metadata names an authorization server',
    covers: ['metadata-authorization-servers'],
    run: async (subject, revision) => {
      const { authorization_servers: servers } = await documentOf(subject, revision);
      return texts(servers).some((server) => URL.canParse(server)) ? undefined : 'there is none';
    },
  },
  {
    name: 'every value of the metadata has its type',
    covers: ['metadata-values'],
    run: async (subject, revision) => valueProblem(await documentOf(subject, revision)),
  },
  {
    name: 'the metadata announces no other way to send a token than the header',
    covers: ['metadata-header-only'],
    run: async (subject, revision) => {
      const methods = (await documentOf(subject, revision)).bearer_methods_supported;
      if (methods === undefined) return undefined;
      return texts(methods).includes('header') && !texts(methods).includes('query')
        ? undefined
        : `bearer_methods_supported is ${JSON.stringify(methods)}`;
    },
  },
  {
    name: 'each authorization server that is named says the same name of itself',
    covers: ['metadata-issuer'],
    once: true,
    run: async (subject, revision) => {
      const { authorization_servers: servers } = await documentOf(subject, revision);
      return first(...(await Promise.all(texts(servers).map(issuerProblem))));
    },
  },
  {
    name: 'an attacker cannot bend what is published with headers about proxies',
    covers: ['published-urls-fixed'],
    run: async (subject, revision) => {
      const proto = new URL(subject.url).protocol === 'https:' ? 'http' : 'https';
      const before = await published(subject, revision, {});
      const after = await published(subject, revision, {
        'x-forwarded-host': FOREIGN,
        'x-forwarded-proto': proto,
        'x-forwarded-port': '4444',
        'x-original-host': FOREIGN,
        forwarded: `host=${FOREIGN};proto=${proto}`,
      });
      const urls = (text: string) => text.match(/https?:\/\/[^\s"\\,]+/g)?.join(' ');
      return first(
        after.includes(FOREIGN) && `${FOREIGN} is published`,
        urls(before) !== urls(after) && `published URLs changed to ${urls(after)}`,
      );
    },
  },
  {
    name: 'an attacker cannot bend what is published with the Host header',
    covers: ['published-urls-fixed'],
    run: async (subject, revision) =>
      (await published(subject, revision, { host: FOREIGN })).includes(FOREIGN)
        ? `${FOREIGN} is published`
        : undefined,
  },
  {
    name: 'a client of the first revision finds the authorization server at the origin',
    covers: ['origin-metadata'],
    run: async ({ url }) => {
      const place = `${new URL(url).origin}/.well-known/oauth-authorization-server`;
      const answer = await exchange(place, { headers: { accept: 'application/json' } });
      const document = json(answer);
      const complete =
        typeof document === 'object' && document !== null && 'authorization_endpoint' in document;
      return first(expectStatus(place, answer, 200), !complete && 'there is no authorization_endpoint');
    },
  },
  {
    name: 'a client in a browser can read the metadata',
    covers: ['browser-readable'],
    run: async (subject, revision) => {
      const { answer } = await findMetadata(subject, revision);
      const origin = 'https://client.example';
      const read = await exchange(answer.url, { headers: { origin } });
      const preflight = await exchange(answer.url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'mcp-protocol-version',
        },
      });
      const allowed = [read, preflight].map(({ headers }) => headers['access-control-allow-origin']);
      const headers = String(preflight.headers['access-control-allow-headers'] ?? '').toLowerCase();
      return first(
        !allowed.every((value) => value === '*' || value === origin) &&
          `Access-Control-Allow-Origin is ${allowed.join(' and ')}`,
        preflight.status >= 300 && `the preflight is answered ${preflight.status}`,
        !/(^|,)\s*(\*|mcp-protocol-version)\s*(,|$)/.test(headers) &&
          `Access-Control-Allow-Headers is "${headers}"`,
      );
    },
  },
];
