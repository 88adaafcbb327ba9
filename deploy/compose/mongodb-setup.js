// Run by mongosh over TLS with the administrator's certificate, from where the first server is localhost. Makes the
// replica set and one user for each certificate; what is there already stays as it is.

// The first one becomes primary whenever it can: users are made through it.
const members = process.env.MEMBERS.split(' ').map((host, _id) => ({
  _id,
  host,
  priority: _id === 0 ? 2 : 1,
}));
const subjects = process.env.SUBJECTS.split(' ').map((name) => `${name},OU=clients,O=consortium`);
const administrator = 'CN=administrator,OU=clients,O=consortium';
const external = db.getSiblingDB('$external');

try {
  rs.initiate({ _id: 'bigchain-rs', members });
} catch (error) {
  if (error.codeName !== 'AlreadyInitialized' && error.codeName !== 'Unauthorized') throw error;
}
for (let look = 0; !db.hello().isWritablePrimary; look++) {
  if (look === 600) throw new Error('the first server has not become primary in two minutes');
  sleep(200);
}
try {
  // The first user: allowed from localhost, once.
  external.runCommand({ createUser: administrator, roles: [{ role: 'root', db: 'admin' }] });
} catch (error) {
  if (error.codeName !== 'Unauthorized') throw error;
}
external.auth({ mechanism: 'MONGODB-X509', user: administrator });
for (const subject of subjects) {
  if (external.getUser(subject) !== null) continue;
  const roles = [
    { role: 'readWrite', db: 'bigchain' },
    { role: 'clusterMonitor', db: 'admin' },
  ];
  external.createUser({ user: subject, roles });
}
