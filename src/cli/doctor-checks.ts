import { statfs } from 'node:fs/promises';
import { type App, checkEmbedder, createApp, makeFolder } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { Fault } from '../kernel/errors.ts';
import { type Finding, ill, well } from '../model/finding.ts';
import {
  examineClock,
  examineDatabase,
  examineFetching,
  examineIndex,
  examineSources,
  newestSeen,
} from '../services/health.ts';

const OLDEST_RUNTIME = [24, 3] as const;
const SPACE_ILL = 50e6;
const SPACE_CARE = 1e9;

export const examineRuntime = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [least, leastMinor] = OLDEST_RUNTIME;
  const says = `Node.js ${version}, ${process.platform} ${process.arch}`;
  if (major > least || (major === least && minor >= leastMinor)) return well('runtime', says);
  return {
    what: 'runtime',
    state: 'ill',
    says: `${says} is too old`,
    mend: 'run ./broadsheet, which brings its own, or install a newer Node.js',
    code: 'internal',
  };
};

export const examineSpace = (free: number, folder: string): Finding => {
  const says = `${(free / 1e9).toFixed(1)} GB free for ${folder}`;
  if (free >= SPACE_CARE) return well('disk', says);
  const mend = 'free some space, or name a folder on a larger disk with BROADSHEET_DATA_DIR';
  return { what: 'disk', state: free < SPACE_ILL ? 'ill' : 'care', says, mend, code: 'cannot-write' };
};

const examineDisk = async ({ dataDir }: Config): Promise<Finding> => {
  try {
    await makeFolder(dataDir);
    const { bavail, bsize } = await statfs(dataDir);
    return examineSpace(bavail * bsize, dataDir);
  } catch (error) {
    return ill('disk', error, 'cannot-write', 'make the folder writable, or name another with BROADSHEET_DATA_DIR');
  }
};

const examineModel = async ({ embedder, config }: App): Promise<Finding> => {
  const ours = typeof config.embed === 'string';
  const mend = `${
    ours
      ? 'run `git checkout assets/models` and `npm start`'
      : 'check BROADSHEET_EMBED and that the server it names runs; it is tried again by itself'
  }; search goes on by words`;
  try {
    const damage = await checkEmbedder(config);
    if (damage !== null) throw new Fault('model-unavailable', damage);
    if (embedder === null) {
      if (config.embed !== 'off') throw new Fault('model-unavailable', 'The embedding model cannot be opened.');
      return well('model', 'turned off (BROADSHEET_EMBED=off): search is by words only');
    }
    const [vector] = await embedder.embed(['the front page']);
    if (vector?.length !== embedder.dimensions)
      throw new Error(`${embedder.id} answers with the wrong number of dimensions`);
    return well('model', `${embedder.id}, ${embedder.dimensions} dimensions`);
  } catch (error) {
    return ill('model', error, 'model-unavailable', mend);
  }
};

const examineMail = async ({ mailer, config }: App): Promise<Finding> => {
  if (mailer === null) return well('mail', 'none is sent (BROADSHEET_MAIL_URL is empty)');
  try {
    await mailer.check();
  } catch (error) {
    return ill('mail', error, 'mail-unavailable', 'check BROADSHEET_MAIL_URL; letters wait and are tried again');
  }
  if (config.operatorMail !== '') return well('mail', `${mailer.id}; alarms go to ${config.operatorMail}`);
  const mend = 'set BROADSHEET_OPERATOR_MAIL to be told when a source falls silent';
  return { what: 'mail', state: 'care', says: `${mailer.id}; nobody gets alarms`, mend, code: 'internal' };
};

/** Everything that can be checked, one finding at a time. What depends on something ill is left out. */
export async function* examine(): AsyncGenerator<Finding> {
  yield examineRuntime(process.version);
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    yield ill('settings', error, 'bad-config', 'correct the setting; docs/configuration.md lists them all');
    return;
  }
  yield well('settings', 'all understood');
  yield* examineFetching(config);
  const disk = await examineDisk(config);
  yield disk;
  if (disk.state === 'ill') return;
  let app: App;
  try {
    app = await createApp(config);
  } catch (error) {
    yield ill('database', error, 'database-unavailable', 'check BROADSHEET_DATABASE_URL and that the database runs');
    return;
  }
  await using opened = app;
  yield await examineDatabase(opened, { thorough: true });
  yield await examineIndex(opened);
  yield await examineModel(opened);
  yield examineClock(opened.clock.now(), await newestSeen(opened));
  yield* examineSources(opened);
  yield await examineMail(opened);
}
