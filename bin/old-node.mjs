// Kept in the syntax of the oldest Node that knows modules, so that an old one gets far enough to say so.
export var OLDEST = 20;

export function complaint(version) {
  var major = Number(version.replace(/^v/, '').split('.')[0]);
  if (major >= OLDEST) return null;
  return (
    'Broadsheet needs Node.js ' +
    OLDEST +
    ' or newer to set itself up, and this is ' +
    version +
    ': ' +
    'install a newer one from https://nodejs.org and run the command again.'
  );
}

/** Runs a module of this folder by name, or says in one sentence why this Node cannot. */
export function enter(name) {
  var said = complaint(process.version);
  if (said) {
    console.error(said);
    process.exitCode = 1;
    return Promise.resolve();
  }
  return import(`./${name}`).then((module) =>
    module.main(process.argv.slice(2)).then((code) => {
      process.exitCode = code;
    }),
  );
}
