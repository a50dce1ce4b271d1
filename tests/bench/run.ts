import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBenchApp, installPeers } from './app.ts';
import { interleaved } from './load.ts';
import { makeTokens, startBenchServer } from './server.ts';
import { workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
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
  facts.memoryAtEndMiB = memory(server.pid);
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
console.log('| workload | variant | requests/s | spread | first variant is |\n|---|---|---:|---:|---:|');
for (const { workload, variant, perSecond, spread, ratio } of rows)
  console.log(
    `| ${workload} | ${variant} | ${perSecond.toFixed(0)} | ${(spread * 100).toFixed(0)}% | ${ratio.toFixed(2)} × |`,
  );
