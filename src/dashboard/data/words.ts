/** How values read: shortened ids, grouped digits, times and durations. */

const SHORT_ENDS = 8;

/** `0123abcd…89ef4567`; short ones stay whole. */
export function shortId(id: string, ends: number = SHORT_ENDS): string {
  return id.length <= 2 * ends + 1 ? id : `${id.slice(0, ends)}…${id.slice(-ends)}`;
}

/** Digits in groups of three, of decimal strings of any length. */
export function grouped(digits: string | number | bigint): string {
  return String(digits).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** `1 block`, `2 blocks`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });

/** Time of day, to the second. */
export function clockTime(timeMs: number): string {
  return CLOCK.format(timeMs);
}

/** Time of day, with the day unless it is today's. */
export function shownTime(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs);
  const clock = CLOCK.format(time);
  return DAY.format(time) === DAY.format(new Date(nowMs)) ? clock : `${DAY.format(time)}, ${clock}`;
}

/** `340 ms`, `1.2 s`, `3 min`, `5 h`, `2 d`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 60) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} d`;
}

/** `1.5 KiB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const unit = bytes < 1024 * 1024 ? 1024 : 1024 * 1024;
  const size = bytes / unit;
  return `${size < 10 ? size.toFixed(1).replace(/\.0$/, '') : Math.round(size)} ${unit === 1024 ? 'KiB' : 'MiB'}`;
}

/** A code of the API as words: `DOUBLE_SPEND` → `double spend`. */
export function plainWords(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

/** The sum of decimal strings. */
export function sumOf(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
}
