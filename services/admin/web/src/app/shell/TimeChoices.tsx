import { Button, UnstyledButton } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { addMonths, dayOf, schoolYearOf, schoolYearStart } from '../../lib/zone.js';
import { DayField } from '../../ui/DayField.js';
import { useCalendarWords } from '../../ui/use-calendar-words.js';
import { useDistrict } from './district-context.js';
import classes from './TimeControl.module.css';

/** The inside of the time control: a calendar, days people often want, and, folded away, the day of our knowledge. */
export const TimeChoices = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation();
  const { district, zone, at, day, today, format, past } = useDistrict();
  const navigate = useNavigate();
  const [knownWanted, setKnownWanted] = useState(false);
  const knownDay = at.recorded ? dayOf(at.recorded, zone) : null;
  const knownShown = knownWanted || knownDay !== null;

  const go = (to: { effective?: string | undefined; recorded?: string | undefined }): void => {
    void navigate({ to: '.', search: (now) => ({ ...now, ...to }) });
  };
  const chooseDay = (chosen: string | null): void => {
    if (!chosen) return;
    go({ effective: chosen === today ? undefined : chosen });
    onClose();
  };
  const year = schoolYearOf(today, district.schoolYearFirstMonth);
  const shortcuts = [
    { label: t('time.monthAgo'), day: addMonths(today, -1) },
    { label: t('time.schoolYear', { years: `${year}-${String(year + 1).slice(2)}` }), day: schoolYearStart(year, district.schoolYearFirstMonth) },
    { label: t('time.yearAgo'), day: addMonths(today, -12) },
  ];
  return (
    <>
      <div className={classes['body']}>
        <div>
          <h2 className={classes['title']}>{t('time.asItWas')}</h2>
          <DatePicker value={day} defaultDate={day} onChange={chooseDay} maxDate={today} highlightToday hideOutsideDates ariaLabels={useCalendarWords()} />
        </div>
        <div className={classes['shortcuts']}>
          {past && (
            <Button
              size="xs"
              onClick={() => {
                go({ effective: undefined, recorded: undefined });
                onClose();
              }}
            >
              {t('time.backToNow')}
            </Button>
          )}
          {shortcuts.map((shortcut) => (
            <UnstyledButton key={shortcut.label} className={classes['shortcut']} onClick={() => chooseDay(shortcut.day)}>
              <span>{shortcut.label}</span>
              <span className="dim">{format.date(shortcut.day)}</span>
            </UnstyledButton>
          ))}
        </div>
      </div>
      <div className={classes['known']}>
        {knownShown ? (
          <DayField
            label={t('time.asWeKnew')}
            description={t('time.asWeKnewHelp')}
            value={knownDay}
            max={today}
            clearable
            inline
            placeholder={t('time.knownNow')}
            onChange={(chosen) => go({ recorded: chosen === null || chosen === today ? undefined : chosen })}
          />
        ) : (
          <Button variant="subtle" size="compact-sm" onClick={() => setKnownWanted(true)}>{t('time.showKnown')}</Button>
        )}
      </div>
    </>
  );
};
