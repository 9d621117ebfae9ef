import { useTranslation } from 'react-i18next';

/** Names of the arrows of a calendar, for screen readers. */
export const useCalendarWords = () => {
  const { t } = useTranslation();
  return {
    previousMonth: t('calendar.previousMonth'),
    nextMonth: t('calendar.nextMonth'),
    previousYear: t('calendar.previousYear'),
    nextYear: t('calendar.nextYear'),
    previousDecade: t('calendar.previousDecade'),
    nextDecade: t('calendar.nextDecade'),
  };
};
