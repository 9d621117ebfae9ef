import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { signOut } from '../../api/commands.js';
import { sessionQuery } from '../../api/queries.js';
import { Icon } from '../../ui/Icon.js';
import { roleKey } from '../../lib/roles.js';
import { chooseLanguage, languages, type Language } from '../i18n/index.js';
import classes from './Shell.module.css';

const schemes = ['auto', 'light', 'dark'] as const;

export const AccountMenu = () => {
  const { t, i18n } = useTranslation();
  const session = useQuery(sessionQuery).data;
  const client = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [failed, setFailed] = useState(false);
  if (!session) return null;
  const { principal } = session;
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      client.clear();
      await navigate({ to: '/sign-in' });
    } catch {
      setFailed(true);
    }
  };
  return (
    <Menu position="bottom-end" width={240} withinPortal shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes['account']} aria-label={t('account.menu', { name: principal.name })}>
          <Icon name="person" size={20} />
          <span>{principal.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {principal.name}
          <br />
          {principal.roles.map((role) => t(roleKey(role))).join(', ')}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t('account.language')}</Menu.Label>
        <Menu.RadioGroup value={i18n.language} onChange={(language) => void chooseLanguage(language as Language)}>
          {(Object.keys(languages) as Language[]).map((language) => (
            <Menu.RadioItem key={language} value={language} lang={language}>{languages[language]}</Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{t('account.appearance')}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          {schemes.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>{t(`account.scheme.${scheme}`)}</Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item closeMenuOnClick={false} onClick={() => void leave()}>
          {t(session.local ? 'account.changePerson' : 'account.signOut')}
        </Menu.Item>
        {failed && <Menu.Label role="alert">{t('account.signOutFailed')}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
};
