"""Builds a Tantivy index of papers and times queries: words, English stems, the best 50 by BM25.

Arguments: papers (JSON lines of id, title, abstract), queries (JSON: kind -> list), folder, rounds. Prints JSON.
"""
import json
import os
import sys
import time

import tantivy

papers, queries, folder, rounds = sys.argv[1:5]
schema = tantivy.SchemaBuilder()
schema.add_text_field("id", stored=True, tokenizer_name="raw")
for field in ("title", "abstract"):
    schema.add_text_field(field, tokenizer_name="en_stem")
os.makedirs(folder, exist_ok=True)
index = tantivy.Index(schema.build(), path=folder)
began = time.perf_counter()
writer = index.writer(heap_size=512_000_000, num_threads=2)
with open(papers, encoding="utf-8") as lines:
    for line in lines:
        one = json.loads(line)
        writer.add_document(tantivy.Document(id=one["id"], title=one["title"], abstract=one["abstract"]))
writer.commit()
writer.wait_merging_threads()
built = time.perf_counter() - began
index.reload()
searcher = index.searcher()
times = {}
with open(queries, encoding="utf-8") as file:
    kinds = json.load(file)
for kind, texts in kinds.items():
    samples = times[kind] = []
    for turn in range(int(rounds) + 1):
        for text in texts:
            start = time.perf_counter()
            query = index.parse_query(text, ["title", "abstract"], field_boosts={"title": 2.0})
            hits = searcher.search(query, 50).hits
            [searcher.doc(address) for _, address in hits]
            if turn > 0:
                samples.append(1000 * (time.perf_counter() - start))
size = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))
json.dump({"seconds": built, "bytes": size, "times": times}, sys.stdout)
