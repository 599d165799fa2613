import { serve } from '@hono/node-server';
import { Hono } from 'hono';

// Told what to answer by its parent; tells the port it listens on.
process.once('message', (body: string) => {
  const app = new Hono();
  app.get('/', (c) => c.html(body));
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.(port));
});
