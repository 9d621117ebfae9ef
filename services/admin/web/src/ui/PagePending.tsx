import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A page whose script or session is still on its way. */
export const PagePending = () => {
  const { t } = useTranslation();
  return (
    <div aria-busy="true" style={{ display: 'grid', gap: '1.25rem', width: '100%', maxWidth: '80rem', margin: '0 auto', padding: '1.5rem' }}>
      <span role="status" className="dim">{t('loading')}</span>
      <Skeleton height="2.5rem" width="70%" />
      <Skeleton height="12rem" />
      <Skeleton height="24rem" />
    </div>
  );
};
