import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { useRights } from '../../app/use-rights.js';
import { Panel } from '../../ui/Panel.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import classes from './Initiatives.module.css';
import { NewInitiative } from './NewInitiative.js';

/** What the district spreads, and the form for one more. */
export const InitiativesPage = () => {
  const { t } = useTranslation();
  const { district, initiatives, past, format } = useDistrict();
  const { mayOperate } = useRights();
  usePageTitle(t('place.initiatives'), district.name);
  return (
    <>
      <h1 className={classes['title']}>{t('initiatives.sentence', { count: initiatives.length, district: district.name })}</h1>
      {initiatives.length > 0 && (
        <Panel title={t('place.initiatives')}>
          <ul className={classes['list']}>
            {initiatives.map((entry) => (
              <li key={entry.initiativeId}>
                <Link to="/d/$district" params={{ district: district.districtId }} search={(now) => ({ ...now, initiative: entry.initiativeId })}>{entry.name}</Link>
                <p>{entry.description}</p>
                <p className="dim">{t('initiatives.cut', { cut: format.score(entry.fidelityCut) })}</p>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {past || !mayOperate ? <p className="dim">{t(past ? 'record.offInPast' : 'initiatives.notYours')}</p> : <NewInitiative first={initiatives.length === 0} />}
    </>
  );
};
