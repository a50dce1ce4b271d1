import { describe, expect, test } from 'vitest';
import { formFields } from '#features/inspector/form-fields.ts';
import { readArguments } from '#features/inspector/form-values.ts';

const fields = (properties: object, required: string[] = []) =>
  formFields({ type: 'object', properties, required }) ?? [];

describe('the form for a tool', () => {
  test('has a field of the right kind for every property', () => {
    const kinds = fields({
      name: { type: 'string' },
      note: { type: 'string', maxLength: 2000 },
      day: { type: 'string', format: 'date' },
      amount: { type: 'number' },
      count: { type: 'integer' },
      really: { type: 'boolean' },
      colour: { enum: ['red', 'green', 3] },
      tags: { type: 'array', items: { type: 'string' } },
      place: { type: 'object' },
      either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      maybe: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      perhaps: { type: ['string', 'null'] },
      anything: true,
    }).map(({ name, kind }) => [name, kind]);
    expect(Object.fromEntries(kinds)).toEqual({
      name: 'text',
      note: 'long-text',
      day: 'date',
      amount: 'number',
      count: 'integer',
      really: 'boolean',
      colour: 'choice',
      tags: 'list',
      place: 'json',
      either: 'json',
      maybe: 'integer',
      perhaps: 'text',
      anything: 'json',
    });
  });

  test('is JSON as a whole where properties do not describe the arguments', () => {
    expect(formFields({ type: 'object', oneOf: [] })).toBe(undefined);
    expect(formFields(null)).toBe(undefined);
    expect(formFields({ type: 'object' })).toEqual([]);
  });

  test('starts with the defaults of the schema', () => {
    expect(
      fields({
        a: { type: 'string', default: 'x' },
        b: { type: 'number', default: 2 },
        c: { default: [1] },
      }).map(({ initial }) => initial),
    ).toEqual(['x', '2', '[1]']);
  });

  test('turns what was entered into arguments and leaves empty optional fields out', () => {
    const form = fields({
      a: { type: 'string' },
      n: { type: 'integer' },
      t: { type: 'array' },
      c: { enum: ['x', 1] },
      e: { type: 'string' },
      f: { type: 'boolean' },
    });
    expect(readArguments(form, { a: 'hi', n: '3', t: '["q"]', c: '1', e: '', f: 'false' })).toEqual({
      arguments: { a: 'hi', n: 3, t: ['q'], c: 1, f: false },
    });
  });

  test('says which field is wrong', () => {
    const form = fields({ n: { type: 'integer', minimum: 2 }, t: { type: 'array' }, r: { type: 'number' } }, [
      'r',
    ]);
    expect(readArguments(form, { n: '1', t: '[', r: '' })).toEqual({
      errors: { n: 'At least 2', t: 'Invalid JSON', r: 'Required' },
    });
    expect(readArguments(form, { n: '2.5', t: '', r: 'x' })).toMatchObject({
      errors: { n: 'Enter a whole number', r: 'Enter a number' },
    });
  });

  test('sends a required text that is empty as empty', () => {
    expect(readArguments(fields({ a: { type: 'string' } }, ['a']), {})).toEqual({ arguments: { a: '' } });
  });

  test('cannot be made to touch a prototype by the name of a field', () => {
    const form =
      formFields(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}')) ?? [];
    const reading = readArguments(form, Object.fromEntries([['__proto__', 'x']]));
    expect(JSON.stringify(reading)).toBe('{"arguments":{"__proto__":"x"}}');
    expect(({} as Record<string, unknown>).x).toBe(undefined);
  });
});
