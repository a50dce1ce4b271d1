import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBenchApp, installPeers } from './app.ts';
import { interleaved, rate } from './load.ts';
import { type BenchServer, makeTokens, startBenchServer } from './server.ts';
import { workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    endurance: { type: 'string', default: '200000' },
  },
});
const [rounds, seconds] = [Number(options.rounds), Number(options.seconds)];
const ROOT = join(import.meta.dirname, '../..');
const RESULTS = join(import.meta.dirname, 'results');

type Row = { workload: string; variant: string; perSecond: number; spread: number; ratio: number };

/** Resident memory of a process, in MiB. */
function memory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Makes `calls` calls and says how much memory the server holds on the way, by the number of calls made. */
async function endurance(server: BenchServer, token: string, calls: number): Promise<Record<string, number>> {
  const [first] = workloads(server.url, [token])[0]?.variants ?? [];
  if (first === undefined) throw new Error('there is nothing to call');
  const held: Record<string, number> = {};
  let made = 0;
  for (const mark of [calls / 4, calls / 2, (calls * 3) / 4, calls]) {
    while (made < mark) made += (await rate(first, 16, 5)) * 5;
    held[`memoryAfter${mark}CallsMiB`] = memory(server.pid);
  }
  return held;
}

installPeers();
console.error('Building…');
buildBenchApp();
const server = await startBenchServer();
const rows: Row[] = [];
const facts: Record<string, number> = { startMs: server.startMs, memoryAtStartMiB: memory(server.pid) };
try {
  console.error(`Signing ${options.connections} tokens…`);
  const tokens = await makeTokens(server.issuer, Number(options.connections));
  for (const workload of workloads(server.url, tokens)) {
    if (!workload.name.includes(options.only)) continue;
    const { connections = 16 } = workload;
    const measured = await interleaved(workload.variants, { connections, rounds, seconds });
    const first = measured.get(workload.variants[0]?.name ?? '')?.median ?? 1;
    for (const [variant, { median, spread }] of measured) {
      const row = { workload: workload.name, variant, perSecond: median, spread, ratio: first / median };
      rows.push(row);
      console.error(`${row.workload} | ${variant}: ${median.toFixed(0)}/s ± ${(spread * 100).toFixed(0)}%`);
    }
  }
  const calls = Number(options.endurance);
  if (calls > 0) Object.assign(facts, await endurance(server, tokens[0] ?? '', calls));
} finally {
  await server.stop();
}

const report = {
  at: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
  node: process.version,
  machine: `${cpus().length} × ${cpus()[0]?.model}`,
  rounds,
  seconds,
  facts,
  rows,
};
mkdirSync(RESULTS, { recursive: true });
writeFileSync(join(RESULTS, 'latest.json'), JSON.stringify(report, null, 2));
console.log(
  `Node ${report.node}, ${report.machine}, commit ${report.commit.slice(0, 7)}, ${rounds} rounds of ${seconds} s\n`,
);
for (const [name, value] of Object.entries(facts)) console.log(`${name}: ${value.toFixed(0)}`);
console.log('\n| workload | variant | requests/s | spread | first variant is |\n|---|---|---:|---:|---:|');
for (const { workload, variant, perSecond, spread, ratio } of rows)
  console.log(
    `| ${workload} | ${variant} | ${perSecond.toFixed(0)} | ${(spread * 100).toFixed(0)}% | ${ratio.toFixed(2)} × |`,
  );
