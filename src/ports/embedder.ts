/** Turns texts into unit vectors. One model, one id: vectors of different ids are never mixed. */
export interface Embedder extends AsyncDisposable {
  /**
   * Model name and hash of its weights, e.g. `all-MiniLM-L6-v2-int8@1f2e3d4c`. Of a model elsewhere, id and dimensions are
   * what they were when it last answered, and reading them throws `Fault('model-unavailable')` where it never has.
   */
  readonly id: string;
  readonly dimensions: number;
  /** Makes sure that `id` and `dimensions` are known and those of the model as it is now. Throws `Fault('model-unavailable')`. */
  ready(signal?: AbortSignal): Promise<void>;
  /** L2-normalised vectors in the order of the texts. Never blocks the event loop for long. Throws `Fault('model-unavailable')`. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}
