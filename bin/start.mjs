import { enter } from './old-node.mjs';

enter('serve.mjs');
