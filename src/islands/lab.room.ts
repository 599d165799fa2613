import type { Lane } from '../labs/scheduler.ts';
import type { Said } from '../labs/worker-protocol.ts';

/** The frame that labs run in, and the workers in it. See `web/lab-frame.ts`. */
export interface Room {
  open(): Lane;
  /** Takes the frame away, and with it every worker. */
  close(): void;
}

const START_MS = 10_000;

/** Opens the room and hands in the code. Rejects where the frame does not come. */
export const openRoom = async (address: string, code: string): Promise<Room> => {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Where the lab runs';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.src = address;
  const hearers = new Map<number, (said: Said) => void>();
  let ready: () => void = () => {};
  const hear = (event: MessageEvent<{ t?: 'ready'; lane?: number; said?: Said }>): void => {
    if (event.source !== frame.contentWindow) return;
    const { t, lane, said } = event.data;
    if (t === 'ready') ready();
    else if (lane !== undefined && said !== undefined) hearers.get(lane)?.(said);
  };
  addEventListener('message', hear);
  const close = (): void => {
    removeEventListener('message', hear);
    hearers.clear();
    frame.remove();
  };
  const came = new Promise<void>((resolve, reject) => {
    ready = resolve;
    setTimeout(() => reject(new Error('The frame for labs did not open.')), START_MS);
  });
  document.body.append(frame);
  try {
    await came;
  } catch (error) {
    close();
    throw error;
  }
  // The frame's origin is opaque, so that no other target than any can be named; only its own window hears this.
  const post = (message: object): void => frame.contentWindow?.postMessage(message, '*');
  post({ t: 'code', code });
  let lanes = 0;
  return {
    open: () => {
      const lane = lanes++;
      post({ t: 'open', lane });
      return {
        ask: (wish, hearer) => {
          hearers.set(lane, hearer);
          post({ t: 'ask', lane, wish });
        },
        close: () => {
          hearers.delete(lane);
          post({ t: 'close', lane });
        },
      };
    },
    close,
  };
};
