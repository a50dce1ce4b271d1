import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { probe } from '#features/doctor/probe/probe.ts';
import { probeTable } from '#features/doctor/probe/report.ts';
import type { Person } from '#features/doctor/probe/walk.ts';
import type { Config } from '#lib/config/env.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';

/** Everything but the result goes to standard error, so that `--json` prints JSON only. */
const say = (text: string) => console.error(text);

/**
 * Runs the probe with the person at the terminal, and prints its rows.
 *
 * @returns the exit code: 1 when the product was wrong with something
 */
export async function runProbe(
  config: Config,
  { json, clientDocument }: { json: boolean; clientDocument: string | undefined },
): Promise<number> {
  const lines = createInterface({ input: process.stdin });
  const person: Person = {
    open: (url, why) => say(`\nOpen this in your browser and allow it (${why}):\n${url}\n`),
    async revoke(pageUrl, clientName) {
      say(`\nRevoke the client ${clientName} at ${pageUrl}, then press Enter here.`);
      await once(lines, 'line');
    },
  };
  say(`This signs you in about seven times for each of two clients, deletes their grants, and calls ${config.appUrl}/mcp.
Sign in as the same person each time, with the app running. It takes up to half an hour.`);
  try {
    const rows = await probe(config, {
      person,
      fetch: guardedFetch,
      clientDocument,
      onStep: (text) => say(`  ${text}`),
    });
    if (json) console.log(JSON.stringify({ issuer: config.authkitDomain, rows }, null, 2));
    else {
      console.log(`\n${probeTable(rows)}\n`);
      for (const { question, client, detail } of rows)
        if (detail !== '') console.log(`${question}${client ? ` (${client})` : ''}\n    ${detail}`);
    }
    return rows.some(({ verdict }) => verdict === 'wrong') ? 1 : 0;
  } finally {
    lines.close();
  }
}
