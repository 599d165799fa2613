/** The best `size` of all that is offered: a binary heap whose worst is on top. */
export class Top {
  readonly size: number;
  readonly scores: Float32Array;
  readonly documents: Uint32Array;
  length = 0;
  /** What a score must exceed to get in; 0 until the heap is full. */
  threshold = 0;

  constructor(size: number) {
    this.size = size;
    this.scores = new Float32Array(size);
    this.documents = new Uint32Array(size);
  }

  offer(document: number, score: number): void {
    const { scores, documents, size } = this;
    if (this.length < size) {
      let i = this.length++;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if ((scores[parent] as number) <= score) break;
        scores[i] = scores[parent] as number;
        documents[i] = documents[parent] as number;
        i = parent;
      }
      scores[i] = score;
      documents[i] = document;
      if (this.length === size) this.threshold = scores[0] as number;
      return;
    }
    if (score <= this.threshold) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && (scores[child + 1] as number) < (scores[child] as number)) child++;
      if ((scores[child] as number) >= score) break;
      scores[i] = scores[child] as number;
      documents[i] = documents[child] as number;
      i = child;
    }
    scores[i] = score;
    documents[i] = document;
    this.threshold = scores[0] as number;
  }

  /** Best first; of equals the lower document number first. */
  ranked(): readonly { readonly document: number; readonly score: number }[] {
    return Array.from({ length: this.length }, (_, i) => ({
      document: this.documents[i] ?? 0,
      score: this.scores[i] ?? 0,
    })).sort((a, b) => b.score - a.score || a.document - b.document);
  }
}
