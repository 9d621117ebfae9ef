import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import { OperationsView } from './OperationsView.js';

/** Operations as a place of the district that one is in. */
export const OperationsPage = () => {
  const { t } = useTranslation();
  const { district } = useDistrict();
  usePageTitle(t('place.operations'), district.name);
  return <OperationsView />;
};
