import { Button, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { createDistrict, keyring } from '../../api/commands.js';
import { ApiProblem } from '../../api/problem.js';
import { districtsQuery } from '../../api/queries.js';
import { slugOf } from '../../lib/slug.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import classes from './Start.module.css';
import { StartFrame } from './StartFrame.js';

const fields = ['name', 'districtId', 'timeZone'];

/** Nothing is here yet: name the district, and the roster comes next. */
export const FirstRun = () => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [keyFor] = useState(keyring);
  usePageTitle(t('firstRun.title'));
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })), []);
  const form = useForm({
    initialValues: { name: '', districtId: '', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
    validate: {
      name: (value) => (value.trim() === '' ? t('firstRun.missing.name') : null),
      districtId: (value) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) ? null : t('firstRun.missing.districtId')),
      timeZone: (value) => (value ? null : t('firstRun.missing.timeZone')),
    },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) => createDistrict({ ...values, name: values.name.trim() }, keyFor(values)),
    onSuccess: async (_answer, values) => {
      await client.invalidateQueries(districtsQuery);
      await navigate({ to: '/d/$district/import', params: { district: values.districtId }, search: {} });
    },
    onError: (error) => {
      if (!(error instanceof ApiProblem)) return;
      for (const entry of error.problem.errors ?? []) if (entry.field && fields.includes(entry.field)) form.setFieldError(entry.field, entry.detail);
    },
  });
  const [ownId, setOwnId] = useState(false);
  return (
    <StartFrame title={t('firstRun.title')} lead={t('firstRun.lead')}>
      <form className={classes['form']} onSubmit={form.onSubmit((values) => create.mutate(values), (errors) => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus())} noValidate>
        <TextInput
          label={t('firstRun.name')}
          withAsterisk
          maxLength={200}
          {...form.getInputProps('name')}
          onChange={(event) => {
            const name = event.currentTarget.value;
            form.setFieldValue('name', name);
            if (!ownId) form.setFieldValue('districtId', slugOf(name));
          }}
        />
        <TextInput
          label={t('firstRun.districtId')}
          description={t('firstRun.districtIdHelp')}
          withAsterisk
          maxLength={40}
          {...form.getInputProps('districtId')}
          onChange={(event) => {
            setOwnId(true);
            form.setFieldValue('districtId', event.currentTarget.value);
          }}
        />
        <Select label={t('firstRun.timeZone')} description={t('firstRun.timeZoneHelp')} data={zones} searchable allowDeselect={false} withAsterisk {...form.getInputProps('timeZone')} />
        {create.error && <ProblemNotice error={create.error} of="command" fields={fields} />}
        <div>
          <Button type="submit" disabled={create.isPending}>{t('firstRun.action')}</Button>
        </div>
      </form>
    </StartFrame>
  );
};
