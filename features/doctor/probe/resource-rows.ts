import { decodeJwt } from 'jose';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { askWorkos, listWorkos, RESOURCES_PATH, resourceRow } from '../workos-api.ts';
import { type Authorization, ProbeError, type Tokens } from './oauth-client.ts';
import type { ProbeRow } from './report.ts';
import { SCOPE, type Walk } from './walk.ts';

/** What a client gets that leaves out `resource` or `scope`. */
export async function omissionRows(walk: Walk, resource: string): Promise<void> {
  const audienceOf = ({ accessToken }: Tokens) => [decodeJwt(accessToken).aud ?? []].flat().map(String);
  const meaning = (aud: readonly string[]) =>
    aud.includes(resource)
      ? 'this server'
      : aud.includes(walk.config.workos.clientId)
        ? 'the environment'
        : aud.includes(walk.client.clientId)
          ? 'the client'
          : 'another';
  const ask = async (id: string, question: string, authorization: Authorization, why: string) => {
    const tokens = await walk.signIn(authorization, why).catch((error: unknown) => {
      if (error instanceof ProbeError) return error.message;
      throw error;
    });
    if (typeof tokens === 'string') return walk.row({ id, question, answer: 'an error', detail: tokens });
    const aud = audienceOf(tokens);
    const status = await walk.callProduct(tokens);
    walk.row({
      id,
      question,
      answer: meaning(aud),
      detail: `aud is ${sanitize(aud.join(', '), 160)}. The product answers ${status}.`,
      verdict: walk.accepted(aud) === (status === 200) ? 'right' : 'wrong',
    });
  };
  await ask(
    'resource-omitted',
    'For whom is a token without resource?',
    { scope: SCOPE },
    'a sign-in without resource',
  );
  await ask(
    'resource-unregistered',
    'For whom is a token for a resource that is not registered?',
    { scope: SCOPE, resource: `${resource}/not-registered` },
    'a sign-in for a resource that is not registered',
  );
  const tokens = await walk.signIn({ resource }, 'a sign-in without scope');
  const scope = decodeJwt(tokens.accessToken).scope ?? tokens.scope;
  const status = await walk.callProduct(tokens);
  walk.row({
    id: 'scope-omitted',
    question: 'Is there a refresh token when scope is omitted?',
    answer: tokens.refreshToken === undefined ? 'no' : 'yes',
    detail: `Granted: ${sanitize(String(scope ?? 'not said'), 160)}. The product answers ${status}.`,
    verdict: walk.verdictOf(tokens, status, 200),
  });
}

/** What the API key shows of the environment. */
export async function environmentRows(
  config: Config,
  rows: ProbeRow[],
  audiences: ReadonlySet<string>,
): Promise<void> {
  const uri = resourceUrl(config);
  const template = await askWorkos(config, '/user_management/jwt_template');
  const content = template?.status === 200 ? template.body?.content : undefined;
  const setsAudience = typeof content === 'string' && /["']aud["']\s*:/.test(content);
  rows.push({
    id: 'template-audience',
    question: 'Does aud of the JWT template replace the resource?',
    answer: !setsAudience ? 'not set' : audiences.has(uri) ? 'no' : 'yes',
    detail: setsAudience
      ? ''
      : `No template with aud was read (status ${template?.status ?? 'none'}). To find out, set aud in the template and run this again.`,
    verdict: setsAudience ? 'unjudged' : 'not asked',
  });
  const listed = await listWorkos(config, RESOURCES_PATH, resourceRow);
  const own = 'rows' in listed ? listed.rows.find((row) => row.uri === uri) : undefined;
  rows.push({
    id: 'indicator',
    question: 'Is the resource indicator registered?',
    answer:
      'answer' in listed
        ? `not shown, ${listed.answer?.status}`
        : own
          ? own.default
            ? 'default'
            : 'yes'
          : 'no',
    detail: '',
    verdict: 'unjudged',
  });
  if (own === undefined) return;
  const duplicate = await askWorkos(config, RESOURCES_PATH, { method: 'POST', body: { uri } });
  rows.push({
    id: 'indicator-duplicate',
    question: 'What does a second registration of the indicator answer?',
    answer: String(duplicate?.status ?? 'nothing'),
    detail: '',
    verdict: 'unjudged',
  });
}
