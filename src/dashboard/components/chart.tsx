/** A small chart of slices of time: bars or a line, with the newest on the right. */

import { useId, useState } from 'react';
import { clockTime } from '../data/words.js';

export interface ChartPoint {
  readonly fromMs: number;
  /** Null: nothing happened in this slice that could be measured. */
  readonly value: number | null;
}

interface ChartProps {
  readonly title: string;
  /** The figure beside the title. */
  readonly figure: string;
  readonly points: readonly ChartPoint[];
  readonly kind: 'bars' | 'line';
  readonly format: (value: number) => string;
}

const WIDTH = 600;
const HEIGHT = 120;
const TOP = 8;

export function Chart({ title, figure, points, kind, format }: ChartProps) {
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const highest = niceCeiling(Math.max(0, ...points.map(({ value }) => value ?? 0)));
  const x = (index: number): number => ((index + 0.5) * WIDTH) / Math.max(1, points.length);
  const y = (value: number): number => HEIGHT - (value / highest) * (HEIGHT - TOP);
  const pointed = at === null ? undefined : points[at];
  const [first] = points;
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span>{title}</span>
        <strong>
          {pointed === undefined
            ? figure
            : `${pointed.value === null ? 'nothing' : format(pointed.value)} at ${clockTime(pointed.fromMs)}`}
        </strong>
      </figcaption>
      <div className="plot">
        <span className="scale">{format(highest)}</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerMove={(event) => {
            const { left, width } = event.currentTarget.getBoundingClientRect();
            const index = Math.floor(((event.clientX - left) / width) * points.length);
            setAt(Math.min(points.length - 1, Math.max(0, index)));
          }}
          onPointerLeave={() => setAt(null)}
        >
          <path
            className="grid"
            d={`M0 ${TOP}H${WIDTH}M0 ${y(highest / 2)}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`}
          />
          {kind === 'bars' ? <Bars points={points} x={x} y={y} /> : <Line points={points} x={x} y={y} />}
          {at === null ? null : <path className="cursor" d={`M${x(at)} 0V${HEIGHT}`} />}
        </svg>
      </div>
      <div className="axis" aria-hidden="true">
        <span>{first === undefined ? '' : clockTime(first.fromMs)}</span>
        <span>now</span>
      </div>
    </figure>
  );
}

interface Drawing {
  readonly points: readonly ChartPoint[];
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

function Bars({ points, x, y }: Drawing) {
  const half = Math.max(0.5, (WIDTH / Math.max(1, points.length)) * 0.36);
  const path = points.flatMap(({ value }, index) =>
    value === null || value === 0 ? [] : [`M${x(index) - half} ${HEIGHT}V${y(value)}h${2 * half}V${HEIGHT}z`],
  );
  return <path className="bars" d={path.join('')} />;
}

/** Slices without a value are bridged by a straight line: nothing was measured there. */
function Line({ points, x, y }: Drawing) {
  const measured = points.flatMap(({ value }, index) => (value === null ? [] : [`${x(index)} ${y(value)}`]));
  const [only] = measured;
  if (only === undefined) return null;
  return <path className="line" d={measured.length === 1 ? `M${only}h0.01` : `M${measured.join('L')}`} />;
}

/** The next of 1, 2, 5, 10, … at or above `value`. */
function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value * 0.999999) ?? 10;
  return step * power;
}
