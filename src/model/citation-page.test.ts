import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCitationPage } from './citation-page.ts';

const URL_OF_PAGE = 'https://journal.example/paper/7';

const highwire = `<!doctype html><html><head>
<meta name="citation_title" content="Attention &amp; the <i>memory</i> of $O(n^2)$ machines">
<meta name="citation_author" content="Lovelace, Ada">
<meta content='Emmy Noether' name='citation_author'>
<meta name="citation_publication_date" content="2026/4/7">
<meta name="citation_journal_title" content="Journal of Examples">
<meta name="citation_pdf_url" content="/paper/7.pdf">
<meta name="dc.description" content="We show that a > b.">
</head><body>citation_doi</body></html>`;

test('Highwire elements make a paper, named by its address', () => {
  const { ids, draft } = readCitationPage(highwire, URL_OF_PAGE);
  assert.deepEqual(ids, []);
  assert.equal(draft?.title, 'Attention & the memory of $O(n^2)$ machines');
  assert.deepEqual(
    draft?.authors.map(({ name }) => name),
    ['Ada Lovelace', 'Emmy Noether'],
  );
  assert.deepEqual(
    [draft?.id, draft?.published, draft?.journalRef, draft?.abstract, draft?.externalId],
    [null, '2026-04-07', 'Journal of Examples', 'We show that a > b.', URL_OF_PAGE],
  );
  assert.deepEqual(
    draft?.links.map(({ rel, url }) => [rel, url]),
    [
      ['abstract', URL_OF_PAGE],
      ['pdf', 'https://journal.example/paper/7.pdf'],
    ],
  );
});

test('identifiers are found in elements, in JSON-LD and in the address', () => {
  const doi = '<meta name="citation_doi" content="10.1000/Seven"><meta name="citation_arxiv_id" content="2507.08772">';
  assert.deepEqual(readCitationPage(doi, URL_OF_PAGE).ids, ['arxiv:2507.08772', 'doi:10.1000/seven']);
  const linked = `<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":["ScholarlyArticle"],
    "headline":"A headline of four words","author":[{"@type":"Person","name":"Ada Lovelace"}],"datePublished":"2026-04-07T10:00:00Z",
    "identifier":{"@type":"PropertyValue","value":"https://doi.org/10.1000/seven"}}]}</script>`;
  const { ids, draft } = readCitationPage(linked, URL_OF_PAGE);
  assert.deepEqual(ids, ['doi:10.1000/seven']);
  assert.deepEqual([draft?.id, draft?.doi, draft?.published], ['doi:10.1000/seven', '10.1000/seven', '2026-04-07']);
  assert.deepEqual(readCitationPage('', 'https://arxiv.org/abs/2507.08772v2').ids, ['arxiv:2507.08772']);
});

test('a page that is about no paper gives none', () => {
  for (const html of [
    '<title>Shoes</title><meta name="description" content="Buy shoes.">',
    '<meta name="citation_title" content="Only a title">',
    '<script type="application/ld+json">{"@type":"Product","name":"Shoe"}</script>',
    '<script type="application/ld+json">not json</script>',
  ])
    assert.deepEqual(readCitationPage(html, 'https://shop.example/'), { ids: [], draft: null });
});

test('any page is read, whatever is in it', () => {
  const part = fc.constantFrom(
    '<meta name="citation_title" content="',
    '<meta name=citation_author content=',
    '<script type="application/ld+json">',
    '{"@graph":',
    '[',
    '{"@type":"Article"',
    '</script>',
    '"',
    "'",
    '>',
    '<',
    ' ',
    'a',
    '\0',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
      const { ids } = readCitationPage(parts.join(''), URL_OF_PAGE);
      assert.equal(new Set(ids).size, ids.length);
    }),
  );
});
