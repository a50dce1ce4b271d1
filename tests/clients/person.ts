import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { signIn } from '#dev/authkit/driver.ts';

/** Names under which programs look for a browser. */
const BROWSERS = ['browser', 'open', 'xdg-open', 'gio', 'x-www-browser', 'sensible-browser', 'wslview'];

/** Ada at her browser. She answers every authorization request that a client opens. */
export type Person = {
  /** Her answer on the consent page. */
  decision: 'allow' | 'deny';
  /** The authorization requests that she answered. */
  readonly requests: URL[];
  /** Why AuthKit showed her an error in place of a form. */
  readonly refusals: string[];
  /** @returns the redirect back to the client, which is not followed */
  answer(authorizationUrl: URL): Promise<URL>;
  /** Variables of a program whose home is `home` and that finds her as the browser of the machine. */
  environment(home: string): Record<string, string>;
  leave(): Promise<void>;
};

/** What the program "browser" does: it passes the address on, to where the answers are counted. */
const BROWSER_PROGRAM = `
const url = process.argv.slice(1).find((text) => /^https?:/.test(text));
if (url) fetch(process.env.PERSON_URL, { method: "POST", body: url }).catch(() => {});
`;

export async function findPerson(): Promise<Person> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.end();
    // As in a browser, the client's answer to the redirect goes nowhere.
    await person
      .answer(new URL(Buffer.concat(chunks).toString()))
      .then((callback) => fetch(callback))
      .catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const person: Person = {
    decision: 'allow',
    requests: [],
    refusals: [],
    async answer(authorizationUrl) {
      person.requests.push(authorizationUrl);
      try {
        return await signIn({ authorizationUrl, account: 'ada', decision: person.decision });
      } catch (error) {
        person.refusals.push(error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
    environment(home) {
      const programs = join(home, 'bin');
      mkdirSync(programs, { recursive: true });
      const program = `#!/bin/sh\nexec "${process.execPath}" -e '${BROWSER_PROGRAM}' -- "$@"\n`;
      for (const name of BROWSERS) {
        writeFileSync(join(programs, name), program);
        chmodSync(join(programs, name), 0o755);
      }
      return {
        HOME: home,
        XDG_CONFIG_HOME: join(home, '.config'),
        XDG_DATA_HOME: join(home, '.local/share'),
        XDG_STATE_HOME: join(home, '.local/state'),
        XDG_CACHE_HOME: join(home, '.cache'),
        TMPDIR: home,
        PATH: `${programs}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
        BROWSER: join(programs, 'browser'),
        // A desktop, without which some programs print the address only.
        DISPLAY: ':0',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        PERSON_URL: `http://127.0.0.1:${port}/`,
      };
    },
    leave: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return person;
}
