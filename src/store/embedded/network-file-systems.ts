/**
 * File systems that several machines may hold at once. SQLite's write-ahead log needs memory shared by all its
 * processes and locks that work, which none of these gives between machines: the file would be damaged.
 */

/** `f_type` of statfs on Linux (linux/magic.h and the file systems' own headers). */
const NETWORK_MAGIC: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x564c, // NCP
  0x01021997, // 9P
  0x5346414f, // AFS
  0x73757245, // Coda
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x19830326, // BeeGFS
]);

/** `type` as `fs.statfsSync` gives it, signed or not. */
export function isNetworkFileSystem(type: number): boolean {
  return NETWORK_MAGIC.has(type >>> 0);
}
