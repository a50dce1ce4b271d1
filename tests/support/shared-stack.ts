import { inject } from 'vitest';

/** The addresses of the stack that the test files of a project share, and what it printed. */
export type SharedStack = { appUrl: string; authkitUrl: string; logs(): Promise<string> };

async function ask(path: string): Promise<string> {
  const response = await fetch(new URL(path, inject('stackOffice')));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/**
 * The production app with local AuthKit, built and started once for all files of a vitest project. Tests of it
 * must not disturb each other: a test that floods, restarts or breaks things starts its own with `startStack`.
 */
export async function sharedStack(): Promise<SharedStack> {
  const addresses = JSON.parse(await ask('/stack'));
  return { ...addresses, logs: () => ask('/logs') };
}
