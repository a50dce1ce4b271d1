import { expect, test } from 'vitest';
import { probeTable } from '#features/doctor/probe/report.ts';

test('the rows of a probe are a table whose columns line up, and only judged rows have a verdict', () => {
  expect(
    probeTable([
      { id: 'a', question: 'Is it so?', answer: 'yes', detail: 'x', verdict: 'unjudged' },
      {
        id: 'b',
        client: 'cimd',
        question: 'And this?',
        answer: 'the client id',
        detail: '',
        verdict: 'right',
      },
      { id: 'c', client: 'dcr', question: 'Why?', answer: 'no', detail: '', verdict: 'wrong' },
    ]).split('\n'),
  ).toEqual([
    'question   client  this WorkOS    the product',
    'Is it so?          yes',
    'And this?  cimd    the client id  right',
    'Why?       dcr     no             wrong',
  ]);
});
