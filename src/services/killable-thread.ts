import { once } from 'node:events';
import { type ResourceLimits, Worker } from 'node:worker_threads';

export interface KillableThread<Wish> extends AsyncDisposable {
  /** What the thread answers; null where it did not within the time, or broke: the next wish then gets a new thread. Never rejects. */
  ask(wish: Wish): Promise<unknown>;
}

const START_MS = 20_000;

const within = async <T>(work: Promise<T>, ms: number): Promise<T | 'late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const start = async (script: URL, resourceLimits: ResourceLimits): Promise<Worker> => {
  const thread = new Worker(script, { resourceLimits });
  thread.unref();
  thread.on('error', () => {});
  if ((await within(once(thread, 'message'), START_MS)) === 'late') throw new Error('The thread did not start.');
  return thread;
};

/**
 * A thread for work that must not take long: one wish at a time, each killed with its thread after `ms`. The thread starts
 * with the first wish; its script says one message when it is ready, then answers every wish with one.
 */
export const openThread = <Wish>(
  script: URL,
  { ms, ...limits }: ResourceLimits & { readonly ms: number },
): KillableThread<Wish> => {
  let thread: Promise<Worker> | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const stop = async (): Promise<void> => {
    const stopped = thread;
    thread = null;
    await stopped?.then((one) => one.terminate()).catch(() => {});
  };

  const attempt = async (wish: Wish): Promise<unknown> => {
    try {
      thread ??= start(script, limits);
      const one = await thread;
      const answer = once(one, 'message');
      one.postMessage(wish);
      const said = await within(answer, ms);
      if (said !== 'late') return said[0];
    } catch {
      // The thread ran out of memory or could not start.
    }
    await stop();
    return null;
  };

  return {
    ask: (wish) => {
      const turn = queue.then(() => attempt(wish));
      queue = turn;
      return turn;
    },
    async [Symbol.asyncDispose]() {
      await queue;
      await stop();
    },
  };
};
