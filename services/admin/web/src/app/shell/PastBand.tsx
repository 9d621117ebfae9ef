import { Link } from '@tanstack/react-router';
import { Trans } from 'react-i18next';

import { dayOf } from '../../lib/zone.js';
import { Icon } from '../../ui/Icon.js';
import { useDistrict } from './district-context.js';
import classes from './Shell.module.css';

/** Says that the page shows the past, which past, and the way back. */
export const PastBand = () => {
  const { past, at, day, zone, format } = useDistrict();
  if (!past) return null;
  const values = { date: format.date(day), known: at.recorded ? format.date(dayOf(at.recorded, zone)) : '' };
  const back = <Link to="." search={(now) => ({ ...now, effective: undefined, recorded: undefined })} />;
  return (
    <div className={classes['past']} role="status">
      <Icon name="clock" />
      <span>
        {at.recorded ? (
          <Trans i18nKey="time.bandKnown" values={values} components={{ back, date: <strong /> }} />
        ) : (
          <Trans i18nKey="time.band" values={values} components={{ back, date: <strong /> }} />
        )}
      </span>
    </div>
  );
};
