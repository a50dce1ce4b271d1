/**
 * `npm run test:clients [id…]`: drives the clients that people use against this product, and writes `docs/clients.md` when
 * all of them ran.
 */
import type { Row } from './client.ts';
import { clients } from './clients.ts';
import { install } from './install.ts';
import { lineOf, writeMatrix } from './matrix.ts';
import { runScenario } from './scenario.ts';
import { openStage } from './stage.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => clients.every((client) => client.id !== id));
if (unknown.length > 0) {
  console.error(
    `There is no client ${unknown.join(', ')}. Choose from: ${clients.map(({ id }) => id).join(', ')}.`,
  );
  process.exit(1);
}

const chosen = clients.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const rows: Row[] = [];
for (const client of chosen) install(client);
const stage = await openStage();
try {
  for (const client of chosen) {
    console.error(`${client.name}…`);
    const row = await runScenario(client, stage);
    rows.push(row);
    console.log(lineOf(row));
  }
} finally {
  await stage.close();
}
if (wanted.length === 0) writeMatrix(rows);
process.exit(0);
