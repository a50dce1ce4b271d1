import type { Person } from './person.ts';

/** What a client gets: the one URL, a home of its own, and a person with a browser. */
export type Surroundings = {
  url: string;
  /** An empty directory. */
  home: string;
  /** Variables for a program that runs in this home. */
  env: Record<string, string>;
  person: Person;
  /** Path of a file inside the installed package `name` of this client. */
  installed(name: string, file?: string): string;
  /** Imports a module of an installed package. */
  // biome-ignore lint/suspicious/noExplicitAny: the packages are not dependencies of the project
  load(name: string): Promise<any>;
};

/** A client as a program drives it. Every function throws with what the client shows when it does not work. */
export type Driven = {
  /** Connects with what the client's own text on the landing page says, and signs in. */
  signIn(): Promise<unknown>;
  /** Names of the tools that the client has. */
  tools(): Promise<string[]>;
  /** Calls a tool without arguments and returns the text that the client has of its result. */
  call(tool: string): Promise<string>;
  close?(): Promise<void>;
};

export type ClientUnderTest = {
  id: string;
  name: string;
  /** The package that is the client, first, and what else it is used with. Installed outside the project. */
  packages: Readonly<Record<string, string>>;
  open(surroundings: Surroundings): Driven | Promise<Driven>;
  /** It treats a token with less than this left as expired. The test of expiry then uses longer tokens. */
  expiryMarginSeconds?: number;
  /** It takes no authorization response without `iss`, so local AuthKit sends it, as in `npm run local`. */
  needsIssuer?: boolean;
  /** It uses the metadata document of this test. */
  usesOwnDocument?: boolean;
  /** Cells that cannot be tested, with the reason. */
  untestable?: Partial<Record<Step, string>>;
  /** What a reader of the table should know. */
  remark?: string;
};

/** The columns of the table, in order. */
export const STEPS = ['deny', 'sign in', 'list', 'call', 'refresh', 'revoke', 'consent again'] as const;
export type Step = (typeof STEPS)[number];

export type Cell = { result: 'ok' | 'no' | 'n/a'; note?: string };

export type Row = {
  client: string;
  package: string;
  version: string;
  registration: string;
  /** The day of the run. */
  seen: string;
  cells: Record<Step, Cell>;
  remark?: string;
};
