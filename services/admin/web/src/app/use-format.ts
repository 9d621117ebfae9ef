import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export interface Format {
  /** "Oct 1, 2025": a day as it stands, an instant in the zone. */
  readonly date: (when: string | number) => string;
  /** The same with spaces that do not break, for headlines. */
  readonly dateTogether: (when: string | number) => string;
  readonly monthYear: (day: string) => string;
  readonly number: (value: number) => string;
  readonly score: (value: number) => string;
  readonly signed: (value: number) => string;
}

const isDay = (when: string | number): when is string => typeof when === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(when);

/** Dates and numbers in the reader's language and the district's zone. */
export const useFormat = (zone = 'UTC'): Format => {
  const { i18n } = useTranslation();
  const language = i18n.language === 'es' ? 'es-US' : 'en-US';
  return useMemo(() => {
    const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;
    const inZone = new Intl.DateTimeFormat(language, { ...day, timeZone: zone });
    const asDay = new Intl.DateTimeFormat(language, { ...day, timeZone: 'UTC' });
    const month = new Intl.DateTimeFormat(language, { year: 'numeric', month: 'short', timeZone: 'UTC' });
    const number = new Intl.NumberFormat(language);
    const score = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' });
    const date = (when: string | number): string =>
      isDay(when) ? asDay.format(Date.parse(when)) : inZone.format(typeof when === 'number' ? when : Date.parse(when));
    return {
      date,
      dateTogether: (when) => date(when).replaceAll(' ', '\u00a0'),
      monthYear: (when) => month.format(Date.parse(when)),
      number: (value) => number.format(value),
      score: (value) => score.format(value),
      signed: (value) => signed.format(value),
    };
  }, [language, zone]);
};
