import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { APP_UNDER_TEST } from '#tests/support/app-under-test.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

/** What the landing page may make a browser load in scripts, in bytes as transferred. */
const MOST = 120 * 1024;
/** What a page that needs no script may load besides the scripts that every page of Next loads. */
const MOST_OWN = 10 * 1024;

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack();
});

type Answer = { headers: Record<string, string | string[] | undefined>; bytes: number };

/** Fetches as a browser that takes `encoding`, and counts the body as it came. */
function transferred(path: string, encoding: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(new URL(path, stack.appUrl), { headers: { 'accept-encoding': encoding } }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      response.on('end', () => resolve({ headers: response.headers, bytes }));
    })
      .on('error', reject)
      .end();
  });
}

async function scriptsOf(path: string): Promise<string[]> {
  const html = await (await fetch(new URL(path, stack.appUrl), { headers: { accept: 'text/html' } })).text();
  const tags = [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/g)];
  return tags.flatMap(([tag, source]) => (/nomodule/i.test(tag) || source === undefined ? [] : [source]));
}

describe('the landing page', () => {
  it('loads at most 120 KB of scripts', async () => {
    const scripts = await scriptsOf('/');
    expect(scripts.length).toBeGreaterThan(3);
    const answers = await Promise.all(scripts.map((script) => transferred(script, 'gzip, deflate, br')));
    for (const { headers } of answers) {
      expect(headers['content-encoding']).toBe('br');
      expect(headers['content-type']).toMatch(/javascript/);
      expect(headers.vary).toMatch(/accept-encoding/i);
    }
    expect(answers.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MOST);
  });

  it('gives a browser without Brotli the same scripts in another encoding', async () => {
    const [script = ''] = await scriptsOf('/');
    for (const encoding of ['gzip', 'identity']) {
      const { headers, bytes } = await transferred(script, encoding);
      expect(headers['content-encoding'] ?? 'identity').not.toBe('br');
      expect(bytes).toBeGreaterThan(0);
    }
  });
});

describe('a page without a session', () => {
  const paths = PAGES.flatMap((page) => (page.public ? page.path : []));

  it.each([...paths, '/no-such-page'])(
    'loads at most 10 KB of scripts besides those of Next on %s',
    async (path) => {
      const manifest = readFileSync(join(APP_UNDER_TEST, '.next/build-manifest.json'), 'utf8');
      const ofNext: readonly string[] = JSON.parse(manifest).rootMainFiles;
      const own = (await scriptsOf(path)).filter((script) => !ofNext.includes(script.replace('/_next/', '')));
      const answers = await Promise.all(own.map((script) => transferred(script, 'br')));
      const bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(MOST_OWN);
    },
  );
});
