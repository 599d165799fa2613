import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleGemm } from '../../../bench/gemm.ts';
import { createMachine } from './gemm.ts';
import { GEMM_BYTES } from './gemm-bytes.ts';
import { createRng } from './rng.ts';

test('the bytes are those of the text', async () => {
  assert.equal(await assembleGemm(), GEMM_BYTES);
});

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70 }));
const fast = createMachine({ megabytes: 12 });
const plain = createMachine({ megabytes: 12, plain: true });

test('products are those of the definition, and plain code gives the same bits', () => {
  assert.ok(fast.simd && !plain.simd);
  const check = (m: number, n: number, k: number, tA: boolean, tB: boolean, keep: boolean, gap: number): void => {
    const [a, b, c] = [3, 3 + m * k + 5, 3 + m * k + 5 + k * n + 2];
    const stride = n + gap;
    const rng = createRng(`${m} ${n} ${k}`);
    for (let i = 0; i < c + m * stride + 8; i++) fast.numbers[i] = rng.normal();
    plain.numbers.set(fast.numbers.subarray(0, c + m * stride + 8));
    const before = Float64Array.from(fast.numbers.subarray(0, c + m * stride + 8));
    const [aDown, aRight] = tA ? [1, m] : [k, 1];
    const [bDown, bRight] = tB ? [1, k] : [n, 1];
    for (const machine of [fast, plain]) machine.gemm(m, n, k, a, aDown, aRight, b, bDown, bRight, c, stride, keep);
    assert.deepEqual(
      new Uint32Array(fast.numbers.slice(0, before.length).buffer),
      new Uint32Array(plain.numbers.slice(0, before.length).buffer),
    );
    for (let i = 0; i < m; i++)
      for (let j = 0; j < stride; j++) {
        const at = c + i * stride + j;
        let expected = keep || j >= n ? (before[at] ?? 0) : 0;
        for (let p = 0; j < n && p < k; p++)
          expected += (before[a + i * aDown + p * aRight] ?? 0) * (before[b + p * bDown + j * bRight] ?? 0);
        assert.ok(Math.abs((fast.numbers[at] ?? 0) - expected) < 1e-5 * (k + 4), `${i}, ${j}`);
      }
  };
  fc.assert(fc.property(size, size, size, fc.boolean(), fc.boolean(), fc.boolean(), fc.nat(3), check), {
    numRuns: 150,
  });
  check(1_030, 9, 3, false, false, true, 0);
  check(5, 1_030, 3, true, true, false, 1);
  check(6, 11, 700, true, false, false, 0);
});
