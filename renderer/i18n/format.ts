/** Numbers, sizes and times as the person's language writes them. */
import i18next from 'i18next';

const language = (): string => i18next.language;

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(language()).format(value);
}

/** `26.1 kB`: as data sheets count, with 1000 bytes a kB. */
export function formatBytes(bytes: number): string {
  const options = { style: 'unit', unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  if (bytes < 1000) {
    return new Intl.NumberFormat(language(), { ...options, unit: 'byte' }).format(bytes);
  }
  const [value, unit] =
    bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(language(), { ...options, unit }).format(value);
}

export function formatPercent(fraction: number): string {
  return new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(
    fraction,
  );
}

/** `0.14 s`, `12.3 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  const unit = (value: number, name: 'second' | 'minute', digits: number) =>
    new Intl.NumberFormat(language(), {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  const seconds = ms / 1000;
  if (seconds < 1) return unit(seconds, 'second', 2);
  if (seconds < 60) return unit(seconds, 'second', 1);
  return `${unit(Math.floor(seconds / 60), 'minute', 0)} ${unit(Math.round(seconds % 60), 'second', 0)}`;
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** «3 minutes ago»; the exact time belongs beside it, on hover. */
export function formatRelative(at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const seconds = (at - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(Math.abs(seconds) < 10 ? 0 : Math.round(seconds), 'second');
}

export function formatTime(at: number): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium' }).format(
    at,
  );
}
