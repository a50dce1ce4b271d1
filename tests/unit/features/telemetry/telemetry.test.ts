import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** The packages that a fresh process has loaded after `startTelemetry`. */
function loaded(telemetry: object | undefined): string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({
      resolve(specifier, context, next) {
        packages.add(specifier);
        return next(specifier, context);
      },
    });
    const { startTelemetry } = await import('./features/telemetry/telemetry.ts');
    await startTelemetry({ telemetry: ${JSON.stringify(telemetry)} });
    console.log(JSON.stringify([...packages]));
    process.exit(0);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return JSON.parse(output);
}

test('a server without a collector does not load the OpenTelemetry SDK', () => {
  expect(loaded(undefined).filter((name) => /otel|opentelemetry/.test(name))).toEqual([]);
});

test('a server with a collector loads the OpenTelemetry SDK', () => {
  const telemetry = { serviceName: 'test', endpoint: 'http://127.0.0.1:9', headers: {} };
  expect(loaded(telemetry)).toContain('@vercel/otel');
});
