import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
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
  const chosen = (yes: boolean) => ({ role: 'menuitemradio', 'aria-checked': yes, rightSection: yes ? <Icon name="check" size={16} /> : null });
  return (
    <Menu position="bottom-end" width={240} withinPortal shadow="md">
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
        {(Object.keys(languages) as Language[]).map((language) => (
          <Menu.Item key={language} lang={language} onClick={() => void chooseLanguage(language)} {...chosen(i18n.language === language)}>
            {languages[language]}
          </Menu.Item>
        ))}
        <Menu.Label>{t('account.appearance')}</Menu.Label>
        {schemes.map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} {...chosen(colorScheme === scheme)}>
            {t(`account.scheme.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item closeMenuOnClick={false} onClick={() => void leave()}>
          {t(session.local ? 'account.changePerson' : 'account.signOut')}
        </Menu.Item>
        {failed && <Menu.Label role="alert">{t('account.signOutFailed')}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
};
