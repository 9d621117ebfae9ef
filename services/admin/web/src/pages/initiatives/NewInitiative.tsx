import { Button, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { createInitiative, keyring } from '../../api/commands.js';
import { ApiProblem } from '../../api/problem.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import classes from './Initiatives.module.css';

const fields = ['name', 'description', 'fidelityCut'];
const usualCut = 0.7;

export const NewInitiative = ({ first }: { first: boolean }) => {
  const { t } = useTranslation();
  const { district } = useDistrict();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [keyFor] = useState(keyring);
  const form = useForm({
    initialValues: { name: '', description: '', fidelityCut: usualCut as number | string },
    validate: {
      name: (value) => (value.trim() === '' ? t('initiatives.missing.name') : null),
      description: (value) => (value.trim() === '' ? t('initiatives.missing.description') : null),
      fidelityCut: (value) => (value === '' || Number(value) < 0 || Number(value) > 1 ? t('initiatives.missing.cut') : null),
    },
  });
  const create = useMutation({
    mutationFn: async (values: typeof form.values) => {
      const body = { name: values.name.trim(), description: values.description.trim(), fidelityCut: Number(values.fidelityCut) };
      const answer = await createInitiative(district.districtId, body, keyFor(body));
      await client.invalidateQueries({ queryKey: ['district', district.districtId] });
      return answer;
    },
    onSuccess: ({ initiativeId }) =>
      navigate({ to: '/d/$district', params: { district: district.districtId }, search: { initiative: initiativeId } }),
    onError: (error) => {
      if (!(error instanceof ApiProblem)) return;
      for (const entry of error.problem.errors ?? []) if (entry.field && fields.includes(entry.field)) form.setFieldError(entry.field, entry.detail);
    },
  });
  return (
    <Panel title={t(first ? 'initiatives.first' : 'initiatives.another')}>
      <form className={classes['form']} onSubmit={form.onSubmit((values) => create.mutate(values), (errors) => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus())} noValidate>
        <TextInput label={t('initiatives.name')} maxLength={200} withAsterisk {...form.getInputProps('name')} />
        <Textarea label={t('initiatives.description')} description={t('initiatives.descriptionHelp')} autosize minRows={2} maxLength={2_000} withAsterisk {...form.getInputProps('description')} />
        <NumberInput label={t('initiatives.cutLabel')} description={t('initiatives.cutHelp')} min={0} max={1} step={0.05} decimalScale={2} {...form.getInputProps('fidelityCut')} />
        {create.error && <ProblemNotice error={create.error} of="command" fields={fields} />}
        <div>
          <Button type="submit" disabled={create.isPending}>{t('initiatives.action')}</Button>
        </div>
      </form>
    </Panel>
  );
};
