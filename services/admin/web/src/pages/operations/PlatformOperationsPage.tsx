import { useTranslation } from 'react-i18next';

import { usePageTitle } from '../../ui/use-page-title.js';
import classes from './Operations.module.css';
import { OperationsView } from './OperationsView.js';

/** Operations at an address of their own: it needs no district, and none can be read while what it stands on is away. */
export const PlatformOperationsPage = () => {
  const { t } = useTranslation();
  usePageTitle(t('place.operations'));
  return (
    <main className={classes['alone']}>
      {/* Loads anew: what is held back while the platform starts is looked at again. */}
      <p className={classes['note']}><a href="/">{t('operations.home')}</a> · {t('operations.utc')}</p>
      <OperationsView />
    </main>
  );
};
