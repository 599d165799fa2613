import { enter } from './old-node.mjs';

enter('install.mjs');
