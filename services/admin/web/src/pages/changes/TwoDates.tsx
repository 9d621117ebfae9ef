import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ChangesSearch } from '../../app/search.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { dayOf } from '../../lib/zone.js';
import { DayField } from '../../ui/DayField.js';
import classes from './Changes.module.css';

type Known = 'then' | 'now' | 'chosen';

interface SideProps {
  readonly title: string;
  readonly day: string;
  readonly min?: string | undefined;
  readonly known: Known;
  readonly knownDay: string;
  readonly onDay: (day: string) => void;
  readonly onKnown: (known: Known, day: string) => void;
}

const Side = ({ title, day, known, knownDay, onDay, onKnown }: SideProps) => {
  const { t } = useTranslation();
  const { today } = useDistrict();
  const [choosing, setChoosing] = useState(false);
  const shown: Known = choosing ? 'chosen' : known;
  return (
    <fieldset className={classes['side']}>
      <legend>{title}</legend>
      <DayField label={t('time.asItWas')} value={day} max={today} onChange={(chosen) => chosen && onDay(chosen)} />
      <Select
        label={t('changes.known.label')}
        allowDeselect={false}
        value={shown}
        data={(['then', 'now', 'chosen'] as const).map((value) => ({ value, label: t(`changes.known.${value}`) }))}
        onChange={(value) => {
          setChoosing(value === 'chosen');
          if (value === 'then' || value === 'now') onKnown(value, day);
        }}
      />
      {shown === 'chosen' && (
        <DayField
          label={t('time.asWeKnew')}
          value={knownDay}
          max={today}
          onChange={(chosen) => {
            if (!chosen) return;
            setChoosing(false);
            onKnown('chosen', chosen);
          }}
        />
      )}
    </fieldset>
  );
};

interface Props {
  readonly from: string;
  readonly to: string;
  readonly recordedFrom: string | undefined;
  readonly recordedTo: string | undefined;
}

/** Both points in both times. The earlier one is read as we knew it on its day, the later one as we know it now, unless chosen otherwise. */
export const TwoDates = ({ from, to, recordedFrom, recordedTo }: Props) => {
  const { t } = useTranslation();
  const { zone, today } = useDistrict();
  const navigate = useNavigate({ from: '/d/$district/changes' });
  const change = (values: ChangesSearch): void => void navigate({ search: (now) => ({ ...now, ...values }), resetScroll: false });
  const knownFrom: Known = recordedFrom === undefined ? 'then' : recordedFrom === 'now' ? 'now' : 'chosen';
  const knownTo: Known = recordedTo === undefined ? 'now' : dayOf(recordedTo, zone) === to ? 'then' : 'chosen';
  return (
    <div className={classes['dates']}>
      <Side
        title={t('changes.before')}
        day={from}
        known={knownFrom}
        knownDay={knownFrom === 'chosen' && recordedFrom ? dayOf(recordedFrom, zone) : from}
        onDay={(day) => change({ from: day })}
        onKnown={(known, day) => change({ recordedFrom: known === 'then' ? undefined : known === 'now' ? 'now' : day })}
      />
      <Side
        title={t('changes.after')}
        day={to}
        known={knownTo}
        knownDay={recordedTo ? dayOf(recordedTo, zone) : today}
        onDay={(day) => change({ to: day === today ? undefined : day, ...(knownTo === 'then' ? { recordedTo: day } : {}) })}
        onKnown={(known, day) => change({ recordedTo: known === 'now' ? undefined : day })}
      />
    </div>
  );
};
