import type { App } from '../app.ts';
import { readConfig } from '../config.ts';

/** The app of a command: settings read, all that is slow to load left until it is needed. */
export const openApp = async (): Promise<App> => {
  const config = readConfig();
  const { createApp } = await import('../app.ts');
  return createApp(config);
};
