import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import classes from './Notice.module.css';
import { ProblemNotice } from './ProblemNotice.js';

export const NotFound = () => {
  const { t } = useTranslation();
  return (
    <div className={classes['empty']}>
      <h2>{t('notFound.title')}</h2>
      <p>{t('notFound.help')}</p>
      <Link to="/">{t('notFound.home')}</Link>
    </div>
  );
};

export const PageFailed = ({ error }: { error: unknown }) => {
  const router = useRouter();
  return (
    <div style={{ maxWidth: '44rem', margin: '3rem auto', padding: '0 1rem' }}>
      <ProblemNotice error={error} of="read" onRetry={() => void router.invalidate()} />
    </div>
  );
};
