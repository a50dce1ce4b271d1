import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { precompressChunks } from '#lib/server/precompressed-chunks.ts';

let dist: string;
const chunks = () => join(dist, 'static', 'chunks');
beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), 'chunks-'));
  mkdirSync(join(chunks(), 'nested'), { recursive: true });
});
afterEach(() => rmSync(dist, { recursive: true }));

describe('the scripts of a production build', () => {
  it('each get a Brotli copy that decompresses to the same bytes', async () => {
    writeFileSync(join(chunks(), 'a.js'), 'console.log("é")\n'.repeat(100));
    writeFileSync(join(chunks(), 'nested', 'b.js'), 'b');
    writeFileSync(join(chunks(), 'style.css'), 'a{}');
    await precompressChunks(dist);
    expect(readdirSync(chunks()).sort()).toEqual(['a.js', 'a.js.br', 'nested', 'style.css']);
    for (const file of ['a.js', 'nested/b.js'])
      expect(brotliDecompressSync(readFileSync(join(chunks(), `${file}.br`)))).toEqual(
        readFileSync(join(chunks(), file)),
      );
  });
});
