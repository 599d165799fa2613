import type { Frame } from './frame.ts';

/** Home screens cut names that are longer. UTF-16 units. */
const LONGEST_NAME = 24;

/** The web app manifest: the site on a home screen, which telephones ask for before they let it push. */
export const webManifest = ({ masthead }: Pick<Frame, 'masthead'>) => ({
  id: '/',
  name: masthead,
  short_name: masthead.slice(0, LONGEST_NAME).toWellFormed(),
  description: 'The day’s research papers on one front page.',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  background_color: '#fbf9f4',
  theme_color: '#fbf9f4',
  icons: [
    { src: '/assets/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: '/assets/touch-icon.png', sizes: '180x180', type: 'image/png' },
  ],
});
