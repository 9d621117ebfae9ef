import { Accordion } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Initiative } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { useRights } from '../../app/use-rights.js';
import { startOfDay } from '../../lib/zone.js';
import { DayField } from '../../ui/DayField.js';
import { Done } from '../../ui/Done.js';
import { Panel } from '../../ui/Panel.js';
import { CommandForm } from './CommandForm.js';
import { isPossible, offersAt, type Offer } from './commands.js';
import { fidelityWindows, stateOf, type SchoolRecord } from './record.js';
import classes from './Record.module.css';
import { useOfferWords } from './use-offer-words.js';

const route = getRouteApi('/signed-in/d/$district/schools/$schoolId');

interface Props {
  readonly initiative: Initiative;
  readonly record: SchoolRecord;
  readonly schoolId: string;
}

/**
 * First the day it happened, then what can have happened on it: a form for each command that is possible, and for the others the
 * reason why not.
 */
export const RecordPanel = ({ initiative, record, schoolId }: Props) => {
  const { t } = useTranslation();
  const { zone, today, past, format } = useDistrict();
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/d/$district/schools/$schoolId' });
  const { mayRecord } = useRights();
  const words = useOfferWords(initiative);
  const [day, setDay] = useState(today);
  const [done, setDone] = useState<string>();
  const title = t('record.title', { initiative: initiative.name });

  if (past || !mayRecord) {
    return <Panel title={title}><p className="dim">{t(past ? 'record.offInPast' : 'record.notYours')}</p></Panel>;
  }

  const entry = record.byInitiative.get(initiative.initiativeId);
  const at = day === today ? Date.now() : startOfDay(day, zone);
  const state = stateOf(entry, at);
  const offers = offersAt(state, fidelityWindows(entry, at), initiative.fidelityCut);
  const possible = offers.filter(isPossible);
  const impossible = offers.filter((offer): offer is Exclude<Offer, typeof possible[number]> => !isPossible(offer));
  const open = possible.find((offer) => offer.command === search.do)?.command ?? null;
  const openCommand = (command: string | null): void => {
    setDone(undefined);
    void navigate({ search: (now) => ({ ...now, do: command ?? undefined, correct: undefined, withdraw: undefined }), replace: true, resetScroll: false });
  };
  /** Another form may have been opened while this one was being recorded: that one stays. */
  const closeCommand = (command: string): void =>
    void navigate({ search: (now) => (now.do === command ? { ...now, do: undefined } : now), replace: true, resetScroll: false });

  return (
    <Panel title={title} id="record">
      {done && (
        <Done key={done}><p>{done}</p></Done>
      )}
      <DayField label={t('record.when')} value={day} max={today} required onChange={(chosen) => setDay(chosen ?? today)} />
      <p className={classes['then']}>
        {state.status === 'not-started'
          ? t('record.thenNotStarted', { date: format.date(day) })
          : t(`record.then.${state.status}`, { date: format.date(day), stage: t(`stage.${state.stage}`) })}
      </p>
      <Accordion value={open} onChange={openCommand} variant="separated" radius="sm" classNames={{ item: classes['item'] ?? '', control: classes['control'] ?? '' }} order={3}>
        {possible.map((offer) => (
          <Accordion.Item key={offer.command} value={offer.command}>
            <Accordion.Control>{words.title(offer)}</Accordion.Control>
            <Accordion.Panel>
              {open === offer.command && (
                <CommandForm
                  key={`${offer.command}${offer.to ?? ''}`}
                  offer={offer}
                  day={day}
                  schoolId={schoolId}
                  initiativeId={initiative.initiativeId}
                  version={entry?.version ?? 0}
                  action={words.action(offer)}
                  onDone={(said) => {
                    closeCommand(offer.command);
                    setDone(said);
                    setDay(today);
                  }}
                />
              )}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <details className={classes['not']} open={possible.length < 2}>
        <summary>{t('record.notPossible', { count: impossible.length })}</summary>
        <dl>
          {impossible.map((offer) => (
            <div key={offer.command}>
              <dt>{words.title(offer)}</dt>
              <dd>{words.why(offer.why)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
};
