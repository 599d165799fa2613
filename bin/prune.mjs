import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, runtimePackage } from './runtime.mjs';

const remove = (path) => {
  if (!existsSync(path)) return;
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A folder we may not write only costs disk.
  }
};

const children = (path) => (existsSync(path) ? readdirSync(path) : []);

/** Takes out of node_modules what this machine can never load: other systems' ONNX Runtime, the headers of our Node. See docs/decisions/0002. */
export const prune = () => {
  const modules = join(HOME, 'node_modules');
  for (const name of ['include', 'share', 'CHANGELOG.md']) remove(join(modules, runtimePackage(), name));
  const onnx = join(modules, 'onnxruntime-node', 'bin');
  for (const napi of children(onnx)) {
    for (const platform of children(join(onnx, napi))) {
      if (platform !== process.platform) remove(join(onnx, napi, platform));
      else
        for (const arch of children(join(onnx, napi, platform)))
          if (arch !== process.arch) remove(join(onnx, napi, platform, arch));
    }
  }
};
