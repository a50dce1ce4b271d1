import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADA } from '#dev/authkit/state/people.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import { type Cell, type ClientUnderTest, type Driven, type Row, STEPS, type Step } from './client.ts';
import { directoryOf, fileOf, load } from './install.ts';
import type { Stage } from './stage.ts';
import { plain } from './terminal.ts';

const TOOL = 'identity';
/** Lifetime of tokens while nothing is to expire: longer than the margin of any client. */
const LONG_SECONDS = 900;
const SHORT_SECONDS = 15;

const short = (text: string) => text.replaceAll(/\s+/g, ' ').trim().slice(0, 160);
/** What a person reads of a failure: the line of a long output that names it. */
function saidBy(error: unknown): string {
  const text = plain(error instanceof Error ? error.message : String(error));
  const lines = text.split('\n').filter((line) => !/^\s*at |^\s*[{}]/.test(line));
  const telling = lines.filter((line) => /denied|error|expired|failed|authenticat|authoriz/i.test(line));
  return short(telling.length > 0 && lines.length > 3 ? (telling.at(-1) ?? '') : text);
}

/** Every step with one client, each seen from outside. */
export async function runScenario(client: ClientUnderTest, stage: Stage): Promise<Row> {
  const cells = {} as Record<Step, Cell>;
  const { person } = stage;
  let homes = 0;

  const open = async (): Promise<Driven> => {
    homes += 1;
    const home = join(stage.dataDir, `${client.id}-${homes}`);
    mkdirSync(home, { recursive: true });
    const directory = directoryOf(client);
    const driven = await client.open({
      url: stage.url,
      home,
      env: person.environment(home),
      person,
      installed: (name, file) => fileOf(directory, name, file),
      load: (name) => load(directory, name),
    });
    // While a large module loads, kept connections are closed at the other end, and it must be noticed.
    await pause(100);
    return driven;
  };

  /** Records the outcome of a step; without it when an earlier one, on which it builds, failed. */
  async function step(name: Step, run: () => Promise<string | undefined>): Promise<boolean> {
    const untestable = client.untestable?.[name];
    if (untestable !== undefined) {
      cells[name] = { result: 'n/a', note: untestable };
      return true;
    }
    console.error(`  ${name}…`);
    try {
      const note = await run();
      cells[name] = { result: 'ok', ...(note && { note }) };
      return true;
    } catch (error) {
      cells[name] = { result: 'no', note: saidBy(error) };
      console.error(`    ${plain(String(error)).slice(0, 3000)}`);
      return false;
    }
  }

  const callAsAda = async (driven: Driven) => {
    const answer = await driven.call(TOOL);
    if (!answer.includes(ADA.id)) throw new Error(`answer without the person: ${answer}`);
    return answer;
  };
  /** The outcome of something that must fail. */
  const failureOf = async (what: string, run: () => Promise<unknown>) => {
    try {
      await run();
    } catch (error) {
      return saidBy(error);
    }
    throw new Error(what);
  };

  let first: Driven | undefined;
  let second: Driven | undefined;
  try {
    await stage.behave({
      accessTokenLifetimeSeconds: LONG_SECONDS,
      cimd: client.usesOwnDocument ?? stage.documents,
      issInResponse: client.needsIssuer ?? false,
    });
    await step('deny', async () => {
      person.decision = 'deny';
      const before = person.requests.length;
      const denied = await open();
      try {
        const said = await failureOf('it says that it is connected', async () => {
          await denied.signIn();
          await callAsAda(denied);
        });
        if (person.requests.length === before) throw new Error(`nothing was denied: ${said}`);
        return `says: ${said}`;
      } finally {
        person.decision = 'allow';
        await Promise.allSettled([denied.close?.()]);
      }
    });

    const driven = await open();
    first = driven;
    const signedIn = await step('sign in', async () => {
      await driven.signIn();
      return undefined;
    });
    if (signedIn) {
      await step('list', async () => {
        const tools = await driven.tools();
        if (!tools.some((tool) => tool.includes(TOOL))) throw new Error(`tools: ${tools.join(', ')}`);
        return undefined;
      });
      let clientId: string | undefined;
      const called = await step('call', async () => {
        clientId = /"?clientId"?\\*"?:\s*\\*"([^"\\]+)/.exec(await callAsAda(driven))?.[1];
        return undefined;
      });

      await step('refresh', async () => {
        const lifetime = (client.expiryMarginSeconds ?? 0) + SHORT_SECONDS;
        await stage.behave({ accessTokenLifetimeSeconds: lifetime });
        try {
          const expiring = await open();
          second = expiring;
          await expiring.signIn();
          const before = person.requests.length;
          await pause((SHORT_SECONDS + CLOCK_TOLERANCE_SECONDS + 1) * 1000);
          await callAsAda(expiring);
          if (person.requests.length > before) throw new Error('asked the person to sign in again');
          return undefined;
        } finally {
          await stage.behave({ accessTokenLifetimeSeconds: LONG_SECONDS });
        }
      });

      const revoked =
        called &&
        (await step('revoke', async () => {
          await stage.revoke(clientId);
          person.decision = 'deny';
          try {
            const said = await failureOf('the call was answered', () => callAsAda(driven));
            return `says: ${said}`;
          } finally {
            person.decision = 'allow';
          }
        }));
      if (revoked)
        await step('consent again', async () => {
          // Tokens of the second of a revocation are refused: a person is never that fast.
          await pause(2_000);
          await driven.signIn();
          await callAsAda(driven);
          return undefined;
        });
    }
  } finally {
    person.decision = 'allow';
    await Promise.allSettled([first, second].map(async (driven) => driven?.close?.()));
  }
  for (const name of STEPS) cells[name] ??= { result: 'n/a', note: 'an earlier step failed' };

  const [name = '', version = ''] = Object.entries(client.packages)[0] ?? [];
  return {
    client: client.name,
    package: name,
    version,
    registration: stage.registrationOf(person.requests.at(-1)),
    seen: new Date().toISOString().slice(0, 10),
    cells,
    ...(client.remark !== undefined && { remark: client.remark }),
  };
}
