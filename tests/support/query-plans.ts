import { once } from 'node:events';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { openDatabase } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import * as schema from '#lib/db/schema.ts';

/** One reading of one table. */
type Scan = {
  table: string;
  /** As PostgreSQL calls it: `Seq Scan`, `Index Scan`, `Index Only Scan`, `Bitmap Heap Scan`. */
  kind: string;
  /** The indexes that led to the rows; undefined when the table was read from end to end. */
  index: string | undefined;
  /** Rows that were read, those thrown away again included. */
  rows: number;
};

/** How PostgreSQL carried out one statement. */
export type Plan = {
  statement: string;
  /** What it read, subqueries included; parts that were never begun are left out. */
  scans: readonly Scan[];
  /** Rows that went into its sorts. */
  sorted: number;
  /** Blocks of 8 KiB that it touched: entries of an index that are passed over are seen here alone. */
  blocks: number;
};

/** A database that reports the plans of its statements. */
export type ExplainedDatabase = {
  /** Without limits of time, so that it can be filled through it. */
  db: Database;
  /** The plans of all statements that `work` led to, as they ended. One `work` at a time. */
  plansOf(work: () => Promise<unknown>): Promise<Plan[]>;
  close(): Promise<void>;
};

/** As many as the app has. */
const MAX_CONNECTIONS = 10;

/** Plans come as notices, so that they reach the one who asked and stay out of the server's log. */
const EXPLAIN = `
  load 'auto_explain';
  set auto_explain.log_min_duration = 0;
  set auto_explain.log_analyze = on;
  set auto_explain.log_buffers = on;
  set auto_explain.log_timing = off;
  set auto_explain.log_format = json;
  set auto_explain.log_level = notice;
  set auto_explain.log_parameter_max_length = 0`;

/**
 * Opens a PostgreSQL database whose statements are explained, and brings its schema up to date.
 *
 * @param url - connection string of a superuser
 */
export async function openExplained(url: string): Promise<ExplainedDatabase> {
  await (await openDatabase({ kind: 'postgres', url })).close();
  const plans: Plan[] = [];
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    onConnect(client) {
      client.on('notice', ({ message = '' }) => {
        if (message.startsWith('duration:')) plans.push(readPlan(message));
      });
      return client.query(EXPLAIN);
    },
  });

  // An idle connection ends with its server; a later query over it fails by itself.
  pool.on('error', () => {});

  /** A statement's plan is there when its connection is free again; some of them run in the background. */
  async function idle(): Promise<void> {
    while (pool.idleCount < pool.totalCount) await once(pool, 'release');
  }

  return {
    db: drizzle(pool, { schema }),
    async plansOf(work) {
      await idle();
      plans.length = 0;
      await work();
      await idle();
      return plans.splice(0);
    },
    close: () => pool.end(),
  };
}

/** A node of a plan as `explain (analyze, buffers, format json)` writes it; numbers of rows are those of one loop. */
type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
};

function readPlan(message: string): Plan {
  const { 'Query Text': statement, Plan: root } = JSON.parse(message.slice(message.indexOf('{'))) as {
    'Query Text': string;
    Plan: Node;
  };
  const nodes = [...withParts(root)];
  const sorts = nodes.filter((node) => node['Node Type'].endsWith('Sort'));
  return {
    statement,
    scans: nodes.flatMap(scanOf),
    sorted: sum(sorts.flatMap(({ Plans = [] }) => Plans.slice(0, 1).map(rowsOf))),
    blocks: blocksOf(root),
  };
}

function* withParts(node: Node): Generator<Node> {
  yield node;
  for (const part of node.Plans ?? []) yield* withParts(part);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Blocks that a node and its parts touched. A part that writes is not in the number of the whole. */
function blocksOf({ 'Shared Hit Blocks': hit, 'Shared Read Blocks': read, Plans = [] }: Node): number {
  return Math.max(hit + read, sum(Plans.map(blocksOf)));
}

/** Rows that a node passed on. Workers of a parallel plan are loops too. */
const rowsOf = (node: Node) => Math.round(node['Actual Rows'] * node['Actual Loops']);

function scanOf(node: Node): Scan[] {
  const { 'Node Type': kind, 'Relation Name': table, 'Actual Loops': loops } = node;
  if (table === undefined || !kind.endsWith('Scan') || loops === 0) return [];
  const thrownAway = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const rows = rowsOf(node) + Math.round(thrownAway * loops);
  const bitmaps = bitmapsOf(node);
  if (bitmaps.length === 0) return [{ table, kind, index: node['Index Name'], rows }];
  const index = [...new Set(bitmaps.map((bitmap) => bitmap['Index Name']))].join(' + ');
  return [{ table, kind, index, rows: Math.max(rows, sum(bitmaps.map(rowsOf))) }];
}

/** The scans of indexes that a Bitmap Heap Scan put together; subqueries in its conditions have their own. */
function bitmapsOf(node: Node): Node[] {
  return (node.Plans ?? []).flatMap((part) => {
    if (part['Node Type'] === 'Bitmap Index Scan') return [part];
    return part['Node Type'] === 'BitmapAnd' || part['Node Type'] === 'BitmapOr' ? bitmapsOf(part) : [];
  });
}
