import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '../kernel/result.ts';

/** Begins a lab: a copy of the template under its name, and its line in the registry. */

const LABS = fileURLToPath(new URL('../labs/', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MOST = 40;

/** `modular-addition` → `modularAddition`. */
const constantOf = (id: string): string => id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The template as the code of a lab of this name. */
export const draftOf = (template: string, id: string): string =>
  template
    .replaceAll(/^\/\/ What `broadsheet lab new`.*\n\n?/gm, '')
    .replace('export const template: Lab', `export const ${constantOf(id)}: Lab`)
    .replace("id: 'template'", `id: '${id}'`);

/** The registry with one lab more: its import among the others by name, itself at the end of the list. */
export const registryWith = (registry: string, id: string): string => {
  const path = `./${id}.ts`;
  const line = `import { ${constantOf(id)} } from '${path}';`;
  const lines = registry.split('\n');
  const pathOf = (text: string): string => /from '(.*)'/.exec(text)?.[1] ?? '';
  const after = lines.findLastIndex((text) => text.startsWith('import ') && pathOf(text) < path);
  lines.splice(after + 1, 0, line);
  return lines.join('\n').replace(/(export const LABS[^=]*= \[)([^\]]*?),?\s*\];/, (_, head: string, labs: string) => {
    const all = [...labs.split(',').map((name) => name.trim()), constantOf(id)].filter((name) => name !== '');
    return `${head}\n${all.map((name) => `  ${name},`).join('\n')}\n];`;
  });
};

/** Writes both files and gives the path of the new one; fails where the name is no name or is taken. */
export const draftLab = async (id: string, folder = LABS): Promise<Result<string>> => {
  if (!NAME.test(id) || id.length > MOST || id === 'frame')
    return fail('bad-usage', `“${id}” is no name for a lab: lower case letters, digits and hyphens, at most ${MOST}.`);
  const [template, registry] = await Promise.all([
    readFile(`${folder}template.ts`, 'utf8'),
    readFile(`${folder}registry.ts`, 'utf8'),
  ]);
  const path = `${folder}${id}.ts`;
  try {
    await writeFile(path, draftOf(template, id), { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return fail('bad-usage', `There is a file ${path} already: choose another name.`);
  }
  await writeFile(`${folder}registry.ts`, registryWith(registry, id));
  return ok(path);
};
