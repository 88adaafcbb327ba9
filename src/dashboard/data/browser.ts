/** The only file of the dashboard that touches the browser's clock, timers, frames, clipboard and files. */

/** Milliseconds since 1970, by the clock of this browser. */
export function nowMs(): number {
  return Date.now();
}

/** Calls `action` once after `delayMs`; what comes back cancels it. */
export function after(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

/** Calls `action` every `periodMs` while the page is visible; what comes back ends it. */
export function everyWhileVisible(periodMs: number, action: () => void): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') action();
  }, periodMs);
  return () => clearInterval(timer);
}

/** Calls `action` before the next picture is drawn; not while the page is hidden. */
export function onNextFrame(action: () => void): () => void {
  const frame = requestAnimationFrame(action);
  return () => cancelAnimationFrame(frame);
}

/**
 * Puts `text` on the clipboard. Pages that are not served over TLS or from this machine have no clipboard: then the
 * older way through a selected text is taken. False when the browser refuses both.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard === undefined) return copySelected(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  // Deprecated, and the only way where `navigator.clipboard` is missing.
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** Offers `text` as a file to save. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  after(1000, () => URL.revokeObjectURL(url));
}
