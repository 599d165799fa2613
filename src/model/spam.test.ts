import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeLetter, likeness, SUSPICIOUS } from './spam.ts';

const DAY = 86_400_000;
const OLD = 30 * DAY;
const AD = 'Best essays here https://cheap-essays.example/buy-now-and-save and https://cheap-essays.example/again';

test('letters about papers are not suspicious, also of new accounts and with links to papers and code', () => {
  const letters = [
    'Does the bound in section 3 hold for $d > 2$? The proof of lemma 4 uses convexity, which the loss does not have.',
    'See https://arxiv.org/abs/1706.03762 and https://github.com/karpathy/nanoGPT',
    'Nice.',
    'The code is at https://example.org/~ada/code.tar.gz; it reproduces table 2 on one card within an hour, and table 3 not at all.',
  ];
  for (const body of letters)
    for (const accountAge of [0, OLD]) {
      const verdict = judgeLetter({ body, accountAge, others: letters.filter((other) => other !== body) });
      assert.ok(verdict.score < SUSPICIOUS, `${body}: ${JSON.stringify(verdict)}`);
    }
});

test('links elsewhere of a new account, copies, and one thing over and over are, and it is said why', () => {
  const advert = judgeLetter({ body: AD, accountAge: 0, others: [] });
  assert.ok(advert.score >= SUSPICIOUS);
  assert.deepEqual(advert.reasons, ['mostly links elsewhere', 'a new account']);
  const words = 'I was poor until I met this wonderful teacher of trading and now look at me';
  const copied = judgeLetter({ body: words, accountAge: OLD, others: [words, `${words}!`, 'Else.'] });
  assert.ok(copied.score >= SUSPICIOUS);
  assert.deepEqual(copied.reasons, ['the same as 2 other letters']);
  assert.ok(judgeLetter({ body: 'buy it now '.repeat(50), accountAge: 0, others: [] }).score >= SUSPICIOUS);
});

test('the score is from 0 to 1, an older account is never worse, and more copies never better', () => {
  const text = fc.oneof(fc.string(), fc.constant(AD), fc.lorem());
  fc.assert(
    fc.property(text, fc.nat(2 * DAY), fc.array(text, { maxLength: 6 }), (body, accountAge, others) => {
      const { score } = judgeLetter({ body, accountAge, others });
      assert.ok(score >= 0 && score <= 1);
      assert.ok(judgeLetter({ body, accountAge: accountAge + DAY, others }).score <= score);
      assert.ok(judgeLetter({ body, accountAge, others: [...others, body] }).score >= score);
      assert.equal(likeness(body, AD), likeness(AD, body));
    }),
  );
});
