import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useRights } from '../app/use-rights.js';

/** For those who may look: the way to what does not run, beside what could not be read because of it. */
export const ToOperations = () => {
  const { t } = useTranslation();
  const { mayRun } = useRights();
  return mayRun ? <p><Link to="/operations">{t('operations.see')}</Link></p> : null;
};
