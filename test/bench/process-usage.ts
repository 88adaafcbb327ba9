/** What a process takes of the machine, read from /proc (Linux). */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** USER_HZ, which Linux fixes at 100 for what /proc shows. */
const TICKS_PER_SECOND = 100;

/** Processor seconds used so far, in user and system mode, by all threads. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in brackets and may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Seconds that all cores together were not idle since the machine started, time stolen by its host included. */
export function machineSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) / TICKS_PER_SECOND;
}

/** Largest resident set so far, in megabytes of 10^6 bytes. */
export function residentMegabytesMax(pid: number): number {
  return statusKilobytes(pid, 'VmHWM') / 976.5625;
}

/** Resident set now, in megabytes of 10^6 bytes. */
export function residentMegabytes(pid: number): number {
  return statusKilobytes(pid, 'VmRSS') / 976.5625;
}

function statusKilobytes(pid: number, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (match === null) throw new Error(`/proc/${pid}/status has no ${name}`);
  return Number(match[1]);
}

/** Bytes of disk that the files below `folder` take. */
export function diskBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? diskBytes(path) : statSync(path).blocks * 512);
  }, 0);
}
