import { readFileSync } from 'node:fs';

/** What the last stage of a Dockerfile says, as far as a test can do the same without Docker. */
export type Image = {
  env: Record<string, string>;
  /** `COPY --from=build`: from the build's directory, to the image's. */
  copies: { from: string; to: string }[];
  command: string[];
  healthcheck: string[];
  user: string;
};

const WORKDIR = '/app/';

/** Reads the last stage of the Dockerfile. */
export function readImage(): Image {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')) + 1);
  const instructions = (name: string) =>
    last.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const list = (text: string | undefined): string[] => JSON.parse(/\[.*\]/.exec(text ?? '')?.[0] ?? '[]');
  return {
    env: Object.fromEntries(instructions('ENV').map((pair) => pair.split('='))),
    copies: instructions('COPY').map((text) => {
      const [, from = '', to = ''] = text.split(' ');
      return { from: from.replace(WORKDIR, ''), to };
    }),
    command: list(instructions('CMD')[0]),
    healthcheck: list(instructions('HEALTHCHECK')[0]),
    user: instructions('USER')[0] ?? 'root',
  };
}

/** The build's own variables: `RUN NAME=value … node <args>` in the stage that builds. */
export function readBuild(): { env: Record<string, string>; args: string[] } {
  const text = readFileSync('Dockerfile', 'utf8');
  const [, words = ''] = /^RUN (.*next build)$/m.exec(text) ?? [];
  const parts = words.split(' ');
  const at = parts.indexOf('node');
  return {
    env: Object.fromEntries(parts.slice(0, at).map((pair) => pair.split('='))),
    args: parts.slice(at + 1),
  };
}

/** The patterns of `.dockerignore`. */
export function ignoredByDocker(): string[] {
  return readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}
