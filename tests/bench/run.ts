import { buildBenchApp, buildEmptyApp, installPeers, isBuilt } from './app.ts';
import { interleaved } from './interleaved.ts';
import { readOptions } from './options.ts';
import { type Compared, type Figures, writeReport } from './report.ts';
import { openStage } from './stage.ts';
import { concurrency, databases, modernCalls, olderCalls } from './workloads/calls.ts';
import { documents } from './workloads/documents.ts';
import { connections, lists, tools } from './workloads/growth.ts';
import { inForce } from './workloads/in-force.ts';
import { instances } from './workloads/instances.ts';
import { lighthouse } from './workloads/lighthouse.ts';
import { memory } from './workloads/memory.ts';
import { organizationPage } from './workloads/organization-page.ts';
import { clientsPage, scripts } from './workloads/pages.ts';
import { plans } from './workloads/plans.ts';
import { refusals } from './workloads/refusals.ts';
import { functions, start } from './workloads/start.ts';

const WORKLOADS = [
  modernCalls,
  olderCalls,
  refusals,
  documents,
  concurrency,
  connections,
  tools,
  lists,
  databases,
];
const MEASURINGS = [
  start,
  functions,
  scripts,
  lighthouse,
  clientsPage,
  organizationPage,
  plans,
  instances,
  inForce,
  memory,
];

const all = [...WORKLOADS, ...MEASURINGS].map(({ name }) => name);
const options = readOptions(process.argv.slice(2), all);
const wanted = ({ name }: { name: string }) => options.only.length === 0 || options.only.includes(name);

installPeers();
if (!options.keepBuild || !isBuilt()) {
  console.error('Building…');
  buildBenchApp();
  buildEmptyApp();
}

const compared: Compared[] = [];
const figures: Figures[] = [];
/** Written after each part: what is measured stays when a later part fails. */
const report = () => writeReport(options, compared, figures);
const stage = await openStage();
try {
  for (const workload of WORKLOADS.filter(wanted)) {
    console.error(`${workload.name}…`);
    const measurements = await interleaved(await workload.variants(stage, options.scale), options);
    compared.push({ workload: workload.name, measurements });
    report();
    for (const { variant, median, spread } of measurements)
      console.error(`  ${variant}: ${median.perSecond.toFixed(0)}/s ± ${(spread * 100).toFixed(0)}%`);
  }
  for (const { name, measure } of MEASURINGS.filter(wanted)) {
    console.error(`${name}…`);
    figures.push({ workload: name, figures: await measure(stage, options.scale) });
    report();
  }
} finally {
  await stage.close();
}
console.log(report());
