import { Skeleton, UnstyledButton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { signIn } from '../../api/commands.js';
import { peopleQuery } from '../../api/queries.js';
import { roleKey } from '../../lib/roles.js';
import { Icon } from '../../ui/Icon.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import classes from './Start.module.css';
import { StartFrame } from './StartFrame.js';

const route = getRouteApi('/sign-in');

/** In local mode anyone on this machine may be any of the sample's people. */
export const SignInPage = () => {
  const { t } = useTranslation();
  const { next } = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  const people = useQuery(peopleQuery);
  usePageTitle(t('signIn.title'));
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: () => {
      client.clear();
      router.history.push(next ?? '/');
    },
  });
  return (
    <StartFrame title={t('signIn.title')} lead={t('signIn.lead')} wide>
      {people.error && <ProblemNotice error={people.error} of="read" onRetry={() => void people.refetch()} />}
      {enter.error && <ProblemNotice error={enter.error} of="command" />}
      <ul className={classes['people']}>
        {people.isPending && [1, 2, 3, 4].map((row) => <li key={row}><Skeleton height="4.5rem" /></li>)}
        {people.data?.items.map((person) => (
          <li key={person.personId}>
            <UnstyledButton className={classes['person']} disabled={enter.isPending} onClick={() => enter.mutate(person.personId)}>
              <span className={classes['name']}>{person.name}</span>
              <span className={classes['role']}>{t(roleKey(person.role))}</span>
              <span className={classes['about']}>{roleKey(person.role) === 'role.other' ? person.description : t(`signIn.${roleKey(person.role)}`)}</span>
              <Icon name="right" />
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <p className={classes['foot']}>{t('signIn.synthetic')}</p>
    </StartFrame>
  );
};
