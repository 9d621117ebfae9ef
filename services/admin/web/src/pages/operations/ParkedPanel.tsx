import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { parkedQuery } from '../../api/operations.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import classes from './Operations.module.css';
import { ParkedKey } from './ParkedKey.js';
import { byKey } from './parked.js';
import { useOperationsFormat } from './use-operations-format.js';

/** What a service could not apply, by key: the first message of a key says why, the others wait behind it to keep their order. */
export const ParkedPanel = ({ service, count, onDone }: { service: string; count: number; onDone: (said: string) => void }) => {
  const { t } = useTranslation();
  const format = useOperationsFormat();
  const parked = useQuery(parkedQuery(service));
  const keys = byKey(parked.data?.items ?? []);
  const shown = keys.reduce((sum, key) => sum + key.messages.length, 0);
  return (
    <Panel title={t('operations.parked.title', { service })}>
      <p className="dim">{t('operations.parked.help')}</p>
      {parked.error && <ProblemNotice error={parked.error} of="read" onRetry={() => void parked.refetch()} />}
      {parked.isPending && <p role="status" className="dim">{t('loading')}</p>}
      <ul className={classes['parked']}>
        {keys.map((entry) => <ParkedKey key={`${entry.topic} ${entry.key}`} service={service} entry={entry} onDone={onDone} />)}
      </ul>
      {shown < count && !parked.isPending && <p className="dim">{t('operations.parked.more', { shown: format.number(shown), all: format.number(count) })}</p>}
    </Panel>
  );
};
