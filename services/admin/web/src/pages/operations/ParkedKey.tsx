import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ParkedMessage, Replayed } from '../../api/operations.js';
import { operationsQuery, replayParked } from '../../api/operations.js';
import { Icon } from '../../ui/Icon.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { DropForm } from './DropForm.js';
import classes from './Operations.module.css';
import type { ParkedSequence } from './parked.js';
import { replayToTheEnd } from './parked.js';
import { useOperationsFormat } from './use-operations-format.js';

interface Props {
  readonly service: string;
  readonly entry: ParkedSequence;
  readonly onDone: (said: string) => void;
}

/** One parked sequence: why it stands, since when, and what can be done. Trying again comes first; dropping asks for a reason. */
export const ParkedKey = ({ service, entry, onDone }: Props) => {
  const { t } = useTranslation();
  const format = useOperationsFormat();
  const client = useQueryClient();
  // The one that the form was opened for, whatever the list shows first by the time it is sent.
  const [dropping, setDropping] = useState<ParkedMessage>();
  const [soFar, setSoFar] = useState<Replayed>();
  const [first] = entry.messages;
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: operationsQuery.queryKey });
  const replay = useMutation({
    mutationFn: () => replayToTheEnd(() => replayParked(service, { topic: entry.topic, key: entry.key }), setSoFar),
    onMutate: () => setSoFar(undefined),
    onSuccess: ({ replayed, left }) => {
      if (left === 0) onDone(t('operations.parked.replayed', { count: replayed }));
    },
    onSettled: refresh,
  });
  const still = replay.data && replay.data.left > 0 ? replay.data : undefined;
  return (
    <li className={classes['sequence']}>
      <Icon name="attention" />
      <div>
        <strong>{first.reason}</strong>
        <p className={classes['note']}>
          {t('operations.parked.about', { type: first.type ?? entry.topic, key: entry.key, date: format.date(first.parkedAt) })}{' '}
          {entry.messages.length > 1 && t('operations.parked.behind', { count: entry.messages.length - 1 })}
        </p>
        {still?.reason !== undefined && <p role="alert" className={classes['reason']}>{t('operations.parked.still', { count: still.left, reason: still.reason })}</p>}
        {still && still.reason === undefined && <p role="alert" className={classes['note']}>{t('operations.parked.stands', { count: still.left })}</p>}
        {replay.error && <ProblemNotice error={replay.error} of="command" />}
        {dropping ? (
          <DropForm
            service={service}
            message={dropping}
            onCancel={() => setDropping(undefined)}
            onDropped={() => {
              setDropping(undefined);
              onDone(t('operations.parked.dropped'));
              void refresh();
            }}
          />
        ) : (
          <div className={classes['buttons']}>
            <Button size="xs" disabled={replay.isPending} onClick={() => replay.mutate()} aria-label={t('operations.parked.replayOf', { key: entry.key })}>{t('operations.parked.replay')}</Button>
            <Button size="xs" variant="subtle" color="red" disabled={replay.isPending} onClick={() => setDropping(first)} aria-label={t('operations.parked.dropOf', { key: entry.key })}>{t('operations.parked.drop')}</Button>
            {replay.isPending && <span role="status" className="dim">{soFar ? t('operations.parked.replayingOn', { count: soFar.left, replayed: soFar.replayed }) : t('operations.parked.replaying')}</span>}
          </div>
        )}
      </div>
    </li>
  );
};
