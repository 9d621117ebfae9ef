import type { FactKind, StandingFact } from '@cairn/contracts';
import { Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ApiProblem } from '../../api/problem.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { dayOf } from '../../lib/zone.js';
import { stages } from '../../lib/stages.js';
import { DayField } from '../../ui/DayField.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { useFocusFirst } from '../../ui/use-focus-first.js';
import { useReadable } from '../../ui/use-readable.js';
import type { Line } from './record.js';
import classes from './Record.module.css';
import { useRecord } from './use-record.js';

interface Props {
  readonly mode: 'correct' | 'withdraw';
  readonly undo: 'withdraw' | 'withdrawCorrection' | 'standAgain';
  readonly line: Line;
  readonly schoolId: string;
  readonly initiativeId: string;
  readonly version: number;
}

type Corrected = 'occurredAt' | 'to' | 'score' | 'window' | 'evidence' | 'factReason';

/** The members that a fact has to correct: those of its kind, and the words that were given with it. */
const correctable = (fact: StandingFact | undefined): readonly Corrected[] => {
  const moves: readonly (FactKind | undefined)[] = ['advanced', 'regressed', 'overridden'];
  return [
    'occurredAt',
    ...(moves.includes(fact?.kind) ? (['to'] as const) : []),
    ...(fact?.kind === 'fidelity-recorded' ? (['score', 'window'] as const) : []),
    ...(fact?.evidence ? (['evidence'] as const) : []),
    ...(fact?.reason ? (['factReason'] as const) : []),
  ];
};

const valuesOf = (standing: StandingFact | undefined, zone: string) => ({
  occurredAt: standing ? dayOf(standing.occurredAt, zone) : '',
  to: standing?.to ?? '',
  score: (standing?.score ?? '') as number | string,
  window: standing?.window ?? '',
  evidence: standing?.evidence ?? '',
  /** The reason that the fact itself carries; `reason` is why it is corrected. */
  factReason: standing?.reason ?? '',
  reason: '',
});

/** Corrects the values of a fact, or withdraws it; what is changed and why. Only values that differ are sent. */
export const CorrectionForm = ({ mode, undo, line, schoolId, initiativeId, version }: Props) => {
  const { t } = useTranslation();
  const { zone, today } = useDistrict();
  const navigate = useNavigate({ from: '/d/$district/schools/$schoolId' });
  const readable = useReadable();
  const record = useRecord({ schoolId, initiativeId, version });
  const before = valuesOf(line.standing, zone);
  const fields = mode === 'correct' ? correctable(line.standing) : [];
  const form = useForm({
    initialValues: before,
    validate: (values) => {
      const same = fields.every((field) => String(values[field]) === String(before[field]));
      return {
        ...(values.reason.trim() === '' ? { reason: t('record.missing.correctionReason') } : {}),
        ...(mode === 'correct' && same ? { occurredAt: t('record.missing.change') } : {}),
      };
    },
  });
  const element = useFocusFirst<HTMLFormElement>();
  const close = (): void => {
    document.getElementById(`fact-${line.item.eventId}`)?.focus({ preventScroll: true });
    void navigate({ search: (now) => ({ ...now, correct: undefined, withdraw: undefined }), replace: true, resetScroll: false });
  };

  const submit = form.onSubmit((values) => {
    const changed = fields.flatMap((field) => (String(values[field]) === String(before[field]) ? [] : [[field, values[field]]]));
    const body = {
      correctsEventId: line.newest,
      reason: values.reason.trim(),
      ...(mode === 'withdraw' ? { withdrawn: true } : Object.fromEntries(changed)),
    };
    record.mutate(
      { command: 'correct', body },
      {
        onSuccess: close,
        onError: (error) => {
          if (!(error instanceof ApiProblem)) return;
          for (const entry of error.problem.errors ?? []) if (entry.field && entry.field in before) form.setFieldError(entry.field, readable(entry.detail));
        },
      },
    );
  }, (errors) => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus());

  return (
    <form ref={element} tabIndex={-1} onSubmit={submit} className={`${classes['form']} ${classes['inline']}`} noValidate aria-label={t(mode === 'correct' ? 'record.correctTitle' : `fact.action.${undo}`)}>
      {fields.includes('occurredAt') && (
        <DayField
          label={t('record.field.occurredAt')}
          value={form.values.occurredAt}
          max={today}
          onChange={(day) => form.setFieldValue('occurredAt', day ?? before.occurredAt)}
          error={typeof form.errors['occurredAt'] === 'string' ? form.errors['occurredAt'] : undefined}
        />
      )}
      {fields.includes('to') && (
        <Select label={t('record.field.to')} allowDeselect={false} data={stages.map((stage) => ({ value: stage, label: t(`stage.${stage}`) }))} {...form.getInputProps('to')} />
      )}
      {fields.includes('window') && <TextInput label={t('record.field.window')} maxLength={40} {...form.getInputProps('window')} />}
      {fields.includes('score') && <NumberInput label={t('record.field.score')} min={0} max={1} step={0.01} decimalScale={4} {...form.getInputProps('score')} />}
      {fields.includes('evidence') && <Textarea label={t('record.field.evidence')} autosize maxLength={2_000} {...form.getInputProps('evidence')} />}
      {fields.includes('factReason') && <Textarea label={t('record.field.factReason')} autosize maxLength={2_000} {...form.getInputProps('factReason')} />}
      <Textarea
        label={t(mode === 'correct' ? 'record.field.correctionReason' : 'record.field.withdrawReason')}
        autosize
        minRows={2}
        maxLength={2_000}
        withAsterisk
        {...form.getInputProps('reason')}
      />
      {record.error && <ProblemNotice error={record.error} of="command" fields={[...fields, 'reason']} />}
      <div className={classes['send']}>
        <Button type="submit" size="sm" disabled={record.isPending}>{t(mode === 'correct' ? 'record.correctAction' : `fact.action.${undo}`)}</Button>
        <Button variant="subtle" size="sm" onClick={close}>{t('cancel')}</Button>
        {record.isPending && <span role="status" className="dim">{t('record.waiting')}</span>}
      </div>
    </form>
  );
};
