import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Cairn, Icon } from '../../ui/Icon.js';
import { useRights } from '../use-rights.js';
import { useDistrict } from './district-context.js';
import classes from './Shell.module.css';

const places = [
  { to: '/d/$district', icon: 'district', key: 'place.district', exact: true },
  { to: '/d/$district/changes', icon: 'changes', key: 'place.changes', exact: false },
  { to: '/d/$district/initiatives', icon: 'initiatives', key: 'place.initiatives', exact: false },
  { to: '/d/$district/import', icon: 'import', key: 'place.import', exact: false },
  { to: '/d/$district/operations', icon: 'operations', key: 'place.operations', exact: false },
] as const;

/** The few places people go, without the one that the role cannot use: beside the page, icons alone on narrow screens, at the bottom on phones. */
export const Rail = () => {
  const { t } = useTranslation();
  const { district } = useDistrict();
  const { mayOperate, mayRun } = useRights();
  const offered = places.filter(({ key }) => (key === 'place.import' ? mayOperate : key === 'place.operations' ? mayRun : true));
  const params = { district: district.districtId };
  return (
    <nav className={classes['rail']} aria-label={t('shell.places')}>
      <div className={classes['railInner']}>
      <Link to="/d/$district" params={params} className={classes['brand']} aria-label={t('shell.home')}>
        <Cairn />
        <span>Cairn</span>
      </Link>
      <ul>
        {offered.map((place) => (
          <li key={place.to}>
            <Link to={place.to} params={params} className={classes['place']} activeOptions={{ exact: place.exact, includeSearch: false }} title={t(place.key)}>
              <Icon name={place.icon} size={20} />
              <span>{t(place.key)}</span>
            </Link>
          </li>
        ))}
      </ul>
      </div>
    </nav>
  );
};
