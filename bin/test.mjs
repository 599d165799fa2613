import { enter } from './old-node.mjs';

enter('suite.mjs');
