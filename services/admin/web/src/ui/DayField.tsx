import { DateInput } from '@mantine/dates';
import { useTranslation } from 'react-i18next';

import { useCalendarWords } from './use-calendar-words.js';

interface Props {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (day: string | null) => void;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly clearable?: boolean;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** The calendar opens inside the element it stands in, for fields within another popover. */
  readonly inline?: boolean;
}

/** A day of the district's calendar, typed or picked; shown as "Oct 1, 2025". Both that form and 2025-10-01 may be typed. */
export const DayField = ({ error, description, min, max, inline = false, ...props }: Props) => {
  const { t, i18n } = useTranslation();
  return (
    <DateInput
      {...props}
      error={error}
      description={description}
      {...(min ? { minDate: min } : {})}
      {...(max ? { maxDate: max } : {})}
      valueFormat={i18n.language === 'es' ? 'D MMM YYYY' : 'MMM D, YYYY'}
      highlightToday
      ariaLabels={useCalendarWords()}
      popoverProps={{ withinPortal: !inline }}
      {...(props.clearable ? { clearButtonProps: { 'aria-label': t('time.clear') } } : {})}
    />
  );
};
