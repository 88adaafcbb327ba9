/** Reads the fenced blocks of a Markdown text. */

export interface Block {
  /** The first word behind the fence, e.g. `sh`. */
  readonly language: string;
  /** The words behind it, e.g. `walk`. */
  readonly marks: readonly string[];
  readonly text: string;
  readonly line: number;
}

export function fencedBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { info: string; lines: string[]; line: number } | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (!line.startsWith('```')) open?.lines.push(line);
    else if (open === null) open = { info: line.slice(3).trim(), lines: [], line: index + 1 };
    else {
      const [language = '', ...marks] = open.info.split(/\s+/);
      blocks.push({ language, marks, text: open.lines.join('\n'), line: open.line });
      open = null;
    }
  }
  return blocks;
}

/** The text between single back quotes, outside of blocks. */
export function codeSpans(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}
