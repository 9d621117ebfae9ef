import { Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';

import { ApiProblem } from '../../api/problem.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { useReadable } from '../../ui/use-readable.js';
import { kindOf, type Field, type PossibleCommand } from './commands.js';
import classes from './Record.module.css';
import { useFactWords } from './use-fact-words.js';
import { useRecord } from './use-record.js';

interface Props {
  readonly offer: PossibleCommand;
  readonly day: string;
  readonly schoolId: string;
  readonly initiativeId: string;
  readonly version: number;
  readonly action: string;
  readonly onDone: (said: string) => void;
}

interface Values {
  to: string;
  score: number | string;
  window: string;
  evidence: string;
  reason: string;
}

/** One short form. Refusals stand beside the field they are about, the rest above the button. */
export const CommandForm = ({ offer, day, schoolId, initiativeId, version, action, onDone }: Props) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const words = useFactWords();
  const readable = useReadable();
  const record = useRecord({ schoolId, initiativeId, version });
  const fields = offer.fields.map((entry) => entry.field);
  const required = (field: Field): boolean => offer.fields.some((entry) => entry.field === field && entry.required);
  const form = useForm<Values>({
    initialValues: { to: offer.choices?.length === 1 ? offer.choices[0]! : '', score: '', window: '', evidence: '', reason: '' },
    validate: (values) =>
      Object.fromEntries(
        fields.flatMap((field) => (required(field) && String(values[field]).trim() === '' ? [[field, t(`record.missing.${field}`)]] : [])),
      ),
  });

  const submit = form.onSubmit((values) => {
    const given = fields.flatMap((field) => {
      const value = values[field];
      return String(value).trim() === '' ? [] : [[field, typeof value === 'string' ? value.trim() : value]];
    });
    const body = { occurredAt: day, ...(offer.to ? { to: offer.to } : {}), ...Object.fromEntries(given) };
    record.mutate(
      { command: offer.command, body },
      {
        onSuccess: () => onDone(t('record.done', { what: words.fact(kindOf[offer.command], { ...body, occurredAt: day }), date: format.date(day) })),
        onError: (error) => {
          if (!(error instanceof ApiProblem)) return;
          for (const entry of error.problem.errors ?? []) if (entry.field && fields.includes(entry.field as Field)) form.setFieldError(entry.field, readable(entry.detail));
        },
      },
    );
  }, (errors) => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus());

  return (
    <form onSubmit={submit} className={classes['form']} noValidate>
      {fields.includes('to') && (
        <Select
          label={t('record.field.to')}
          data={(offer.choices ?? []).map((stage) => ({ value: stage, label: t(`stage.${stage}`) }))}
          allowDeselect={false}
          withAsterisk
          {...form.getInputProps('to')}
        />
      )}
      {fields.includes('window') && <TextInput label={t('record.field.window')} description={t('record.help.window')} maxLength={40} withAsterisk {...form.getInputProps('window')} />}
      {fields.includes('score') && (
        <NumberInput label={t('record.field.score')} description={t('record.help.score')} min={0} max={1} step={0.01} decimalScale={4} withAsterisk {...form.getInputProps('score')} />
      )}
      {fields.includes('evidence') && (
        <Textarea
          label={t('record.field.evidence')}
          description={t(offer.to === 'initial-implementation' ? 'record.help.firstUse' : 'record.help.evidence')}
          autosize
          minRows={2}
          maxLength={2_000}
          withAsterisk={required('evidence')}
          {...form.getInputProps('evidence')}
        />
      )}
      {fields.includes('reason') && (
        <Textarea label={t('record.field.reason')} autosize minRows={2} maxLength={2_000} withAsterisk={required('reason')} {...form.getInputProps('reason')} />
      )}
      {record.error && <ProblemNotice error={record.error} of="command" fields={fields} />}
      <div className={classes['send']}>
        <Button type="submit" disabled={record.isPending}>{action}</Button>
        {record.isPending && <span role="status" className="dim">{t('record.waiting')}</span>}
      </div>
    </form>
  );
};
