/** All operations on tensors; each takes the tape it is kept on first. */
export { type Attended, type AttentionShape, attend } from './attention.ts';
export { add, affine, each, exp, gelu, log, mul, relu, sigmoid, square, sub, tanh } from './ops-elementwise.ts';
export { linear, matmul, transpose } from './ops-matrix.ts';
export { crossEntropy, layerNorm, logSoftmax, softmax, squaredError } from './ops-rows.ts';
export { concat, gather, mean, slice, sum, sumAlong } from './ops-shape.ts';
