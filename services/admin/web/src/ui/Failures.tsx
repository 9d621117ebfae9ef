import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ApiProblem } from '../api/problem.js';
import classes from './Notice.module.css';
import { ProblemNotice } from './ProblemNotice.js';

export const NotFound = () => {
  const { t } = useTranslation();
  return (
    <main className={classes['empty']}>
      <h1>{t('notFound.title')}</h1>
      <p>{t('notFound.help')}</p>
      <Link to="/">{t('notFound.home')}</Link>
    </main>
  );
};

export const PageFailed = ({ error }: { error: unknown }) => {
  const router = useRouter();
  return (
    <div style={{ maxWidth: '44rem', margin: '3rem auto', padding: '0 1rem' }}>
      {/* Anything but a refusal may be a script that did not arrive or was replaced by a newer one; only loading anew helps then. */}
      <ProblemNotice error={error} of="read" onRetry={() => (error instanceof ApiProblem ? void router.invalidate() : window.location.reload())} />
    </div>
  );
};
