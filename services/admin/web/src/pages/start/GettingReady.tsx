import { useTranslation } from 'react-i18next';

import { useFormat } from '../../app/use-format.js';
import classes from './Start.module.css';
import { StartFrame } from './StartFrame.js';

interface Progress {
  readonly message: string | undefined;
  readonly done: number | undefined;
  readonly total: number | undefined;
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** The service says how far it is in a text, or in an object with a text and two numbers. */
const progressOf = (said: unknown): Progress => {
  if (typeof said === 'string') return { message: said, done: undefined, total: undefined };
  const members = (typeof said === 'object' && said !== null ? said : {}) as Record<string, unknown>;
  const message = [members['message'], members['step']].find((entry) => typeof entry === 'string');
  return { message, done: numberOf(members['done']), total: numberOf(members['total']) };
};

export const GettingReady = ({ progress }: { progress: unknown }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { message, done, total } = progressOf(progress);
  const counted = done !== undefined && total !== undefined && total > 0;
  return (
    <StartFrame title={t('ready.title')} lead={t('ready.lead')}>
      <div role="status">
        {counted && (
          <div className={classes['meter']} aria-hidden="true">
            <i style={{ width: `${Math.min(100, (100 * done) / total)}%` }} />
          </div>
        )}
        {message && <p>{counted ? t('ready.counted', { message, done: format.number(done), total: format.number(total) }) : message}</p>}
      </div>
      <p><a href="/operations">{t('place.operations')}</a></p>
    </StartFrame>
  );
};
