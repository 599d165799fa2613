import { enter } from './old-node.mjs';

enter('tasks.mjs');
