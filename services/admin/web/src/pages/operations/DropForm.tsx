import { Button, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { dropParked } from '../../api/operations.js';
import type { ParkedMessage } from '../../api/operations.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { useFocusFirst } from '../../ui/use-focus-first.js';
import classes from './Operations.module.css';

interface Props {
  readonly service: string;
  readonly message: ParkedMessage;
  readonly onCancel: () => void;
  readonly onDropped: () => void;
}

/** Why a message is given up: it is kept with who, when and why, but the read models go on without it. */
export const DropForm = ({ service, message, onCancel, onDropped }: Props) => {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (value) => (value.trim() === '' ? t('operations.parked.missingReason') : null) },
  });
  const drop = useMutation({
    mutationFn: ({ reason }: { reason: string }) =>
      dropParked(service, { topic: message.topic, key: message.key, messageId: message.messageId, reason: reason.trim() }),
    onSuccess: onDropped,
  });
  return (
    <form onSubmit={form.onSubmit((values) => drop.mutate(values))} noValidate>
      <Textarea
        ref={useFocusFirst<HTMLTextAreaElement>()}
        label={t('operations.parked.reason')}
        description={t('operations.parked.reasonHelp')}
        autosize
        minRows={2}
        maxLength={2_000}
        withAsterisk
        {...form.getInputProps('reason')}
      />
      {drop.error && <ProblemNotice error={drop.error} of="command" />}
      <div className={classes['buttons']}>
        <Button type="submit" size="xs" color="red" disabled={drop.isPending}>{t('operations.parked.dropOne')}</Button>
        <Button size="xs" variant="default" disabled={drop.isPending} onClick={onCancel}>{t('cancel')}</Button>
      </div>
    </form>
  );
};
