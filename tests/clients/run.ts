/**
 * `npm run test:clients [id…]`: drives the clients that people use against this product, and writes what was seen into
 * `docs/clients.md`.
 */
import { clients } from './clients.ts';
import { install } from './install.ts';
import { keepRow, lineOf, writeMatrix } from './matrix.ts';
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
for (const client of chosen) install(client);
const stage = await openStage();
try {
  for (const client of chosen) {
    console.error(`${client.name}…`);
    const row = await runScenario(client, stage);
    keepRow(client.id, row);
    console.log(lineOf(row));
  }
} finally {
  await stage.close();
}
writeMatrix(clients.map(({ id }) => id));
process.exit(0);
