import { expect, test } from 'vitest';
import { parsePolicy, readFields } from '#features/organization/policy/form-state.ts';
import { tools } from '#lib/mcp/tools/index.ts';

const form = (fields: Record<string, string>, on: readonly string[]) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  for (const tool of on) data.append('tool', tool);
  return readFields(data);
};
const names = tools.map(({ name }) => name);

test('a tool whose box is not checked is off by default, and the hosts are those of the lines', () => {
  const [first = '', ...others] = names;
  expect(parsePolicy(form({ blocked: 'evil.example\n*.bad.example', unusedDays: '30' }, others))).toEqual({
    blockedHosts: ['evil.example', '*.bad.example'],
    allowedHosts: [],
    defaults: { readOnly: false, toolsOff: [first], unusedDays: 30 },
  });
});

test('each wrong field has a sentence, and nothing is left of the policy', () =>
  expect(parsePolicy(form({ allowed: 'evil', unusedDays: '0.5' }, names))).toEqual({
    problems: [
      '“evil” is not a host. Write app.example or *.app.example.',
      'Days without use are a whole number from 1 to 3650.',
    ],
  }));
