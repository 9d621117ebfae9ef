import { Button, Popover } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { addMonths, dayOf, schoolYearOf, schoolYearStart } from '../../lib/zone.js';
import { DayField } from '../../ui/DayField.js';
import { Icon } from '../../ui/Icon.js';
import { useDistrict } from './district-context.js';
import classes from './TimeControl.module.css';

/** One control for both times: as it was on a day, and, folded away until wanted, as we knew it on a day. */
export const TimeControl = () => {
  const { t } = useTranslation();
  const { district, zone, at, day, today, format, past } = useDistrict();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [knownWanted, setKnownWanted] = useState(false);
  const knownDay = at.recorded ? dayOf(at.recorded, zone) : null;
  const knownShown = knownWanted || knownDay !== null;

  const go = (to: { effective?: string | undefined; recorded?: string | undefined }): void => {
    void navigate({ to: '.', search: (now) => ({ ...now, ...to }) });
  };
  const chooseDay = (chosen: string | null): void => {
    if (!chosen) return;
    go({ effective: chosen === today ? undefined : chosen });
    setOpen(false);
  };
  const year = schoolYearOf(today, district.schoolYearFirstMonth);
  const shortcuts = [
    { label: t('time.monthAgo'), day: addMonths(today, -1) },
    { label: t('time.schoolYear', { years: `${year}-${String(year + 1).slice(2)}` }), day: schoolYearStart(year, district.schoolYearFirstMonth) },
    { label: t('time.yearAgo'), day: addMonths(today, -12) },
  ];
  const label = past ? t(at.recorded ? 'time.asOfKnown' : 'time.asOf', { date: format.date(day), known: knownDay ? format.date(knownDay) : '' }) : t('time.now');

  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus withinPortal shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="clock" />} rightSection={<Icon name="down" size={16} />} onClick={() => setOpen((was) => !was)} className={classes['target']} data-past={past || undefined}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('time.title')}>
        <div className={classes['body']}>
          <div>
            <h2 className={classes['title']}>{t('time.asItWas')}</h2>
            <DatePicker value={day} defaultDate={day} onChange={chooseDay} maxDate={today} highlightToday hideOutsideDates />
          </div>
          <div className={classes['shortcuts']}>
            {past && (
              <Button size="xs" onClick={() => { go({ effective: undefined, recorded: undefined }); setKnownWanted(false); setOpen(false); }}>
                {t('time.backToNow')}
              </Button>
            )}
            {shortcuts.map((shortcut) => (
              <Button key={shortcut.label} size="xs" variant="default" className={classes['shortcut']} onClick={() => chooseDay(shortcut.day)}>
                <span>{shortcut.label}</span>
                <span className="dim">{format.date(shortcut.day)}</span>
              </Button>
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
              placeholder={t('time.knownNow')}
              onChange={(chosen) => go({ recorded: chosen === null || chosen === today ? undefined : chosen })}
            />
          ) : (
            <Button variant="subtle" size="compact-sm" onClick={() => setKnownWanted(true)}>{t('time.showKnown')}</Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
};
