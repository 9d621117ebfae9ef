import { Button, Popover, Skeleton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { dayOf } from '../../lib/zone.js';
import { Icon } from '../../ui/Icon.js';
import { useDistrict } from './district-context.js';
import classes from './TimeControl.module.css';

const load = () => import('./TimeChoices.js');
const TimeChoices = lazy(() => load().then((module) => ({ default: module.TimeChoices })));

/** One control for both times: as it was on a day, and, folded away until wanted, as we knew it on a day. */
export const TimeControl = () => {
  const { t } = useTranslation();
  const { zone, at, day, format, past } = useDistrict();
  const [open, setOpen] = useState(false);
  // The band below the header says the rest when both times are chosen.
  const label = at.effective
    ? t('time.asOf', { date: format.date(day) })
    : at.recorded
      ? t('time.asKnown', { date: format.date(dayOf(at.recorded, zone)) })
      : t('time.now');
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus withinPortal shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="clock" />}
          rightSection={<Icon name="down" size={16} />}
          onPointerEnter={() => void load()}
          onClick={() => setOpen((was) => !was)}
          className={classes['target']}
          data-past={past || undefined}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('time.title')}>
        <Suspense fallback={<Skeleton width={280} height={300} />}>
          <TimeChoices onClose={() => setOpen(false)} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
};
