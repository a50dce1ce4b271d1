import { z } from 'zod';

/** What a connection may not do. */
export type Limits = {
  /** Only tools whose `readOnlyHint` is true. */
  readOnly: boolean;
  /** Names of tools that are switched off. */
  toolsOff: string[];
  /** From then on, calls are refused until a new consent. */
  expiresAt?: Date | undefined;
  /** Calls are refused until a new consent when there was none for this many days. */
  unusedDays?: number | undefined;
};

/**
 * The source of a limit: the person, an administrator who limited this connection, the organization by its default, or the
 * configuration of this server.
 */
export type Limiter = 'person' | 'administrator' | 'organization' | 'server';

/** Limits by one source. `name`: the e-mail address or the client that set them. */
export type LimitChoice = { limiter: Limiter; name: string; limits: Limits };

/** The limits in force, which are the strictest of all `choices`. */
export type EffectiveLimits = Limits & { choices: readonly LimitChoice[] };

export const NO_LIMITS: Limits = Object.freeze({ readOnly: false, toolsOff: [] });

export const MAX_UNUSED_DAYS = 3650;
const MAX_TOOLS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Limits as they are stored, or as a form sends them. */
export const limitsSchema = z.object({
  readOnly: z.boolean().default(false),
  toolsOff: z
    .array(z.string().min(1).max(128))
    .max(MAX_TOOLS)
    .default([])
    .transform((names) => [...new Set(names)].sort()),
  expiresAt: z.coerce.date().optional(),
  unusedDays: z.int().min(1).max(MAX_UNUSED_DAYS).optional(),
});

/** Whether limits allow everything. */
export function isUnlimited({ readOnly, toolsOff, expiresAt, unusedDays }: Limits): boolean {
  return !readOnly && toolsOff.length === 0 && expiresAt === undefined && unusedDays === undefined;
}

/** The strictest of several limits. */
export function strictest(all: readonly Limits[]): Limits {
  const times = all.flatMap(({ expiresAt }) => expiresAt ?? []);
  const days = all.flatMap(({ unusedDays }) => unusedDays ?? []);
  return {
    readOnly: all.some(({ readOnly }) => readOnly),
    toolsOff: [...new Set(all.flatMap(({ toolsOff }) => toolsOff))].sort(),
    expiresAt: times.length === 0 ? undefined : new Date(Math.min(...times.map(Number))),
    unusedDays: days.length === 0 ? undefined : Math.min(...days),
  };
}

/** The end of the time without calls after which a connection expires, in milliseconds since the epoch. */
export function unusedUntil(lastUse: number, { unusedDays }: Limits): number {
  return unusedDays === undefined ? Number.POSITIVE_INFINITY : lastUse + unusedDays * DAY_MS;
}
