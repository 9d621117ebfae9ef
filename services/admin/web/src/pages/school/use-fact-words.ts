import type { FactKind, FactValues, Stage } from '@cairn/contracts';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { peopleQuery, sessionQuery } from '../../api/queries.js';
import type { HistoryItem } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { roleKey } from '../../lib/roles.js';

/** People by name and role, where the platform says who they are; else the id that the event carries. */
export const usePeople = () => {
  const { t } = useTranslation();
  const local = useQuery(sessionQuery).data?.local === true;
  const people = useQuery({ ...peopleQuery, enabled: local }).data?.items ?? [];
  return (id: string): string => {
    const person = people.find((entry) => entry.personId === id);
    return person ? t('person', { name: person.name, role: t(roleKey(person.role)) }) : id;
  };
};

/** Facts in words. */
export const useFactWords = () => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const stage = (value: Stage | undefined): string => (value ? t(`stage.${value}`) : '');

  const fact = (kind: FactKind, values: Partial<FactValues>): string => {
    switch (kind) {
      case 'advanced':
      case 'regressed':
      case 'overridden':
        return t(`fact.${kind}`, { to: stage(values.to) });
      case 'fidelity-recorded':
        return t('fact.fidelity-recorded', { score: format.score(values.score ?? 0), window: values.window ?? '' });
      default:
        return t(`fact.${kind}`);
    }
  };

  const roster = (item: HistoryItem): string => {
    const { data } = item;
    const id = data['externalId'] as { scheme?: string; value?: string } | undefined;
    switch (item.type) {
      case 'org.cairn.directory.school-opened.v1':
        return t('fact.schoolOpened', { name: String(data['name'] ?? '') });
      case 'org.cairn.directory.school-renamed.v1':
        return t('fact.schoolRenamed', { from: String(data['from'] ?? ''), to: String(data['to'] ?? '') });
      case 'org.cairn.directory.school-profile-changed.v1':
        return t('fact.schoolProfileChanged', { enrollment: format.number((data['profile'] as { enrollment?: number } | undefined)?.enrollment ?? 0) });
      case 'org.cairn.directory.school-closed.v1':
        return t('fact.schoolClosed');
      case 'org.cairn.directory.school-reopened.v1':
        return t('fact.schoolReopened');
      case 'org.cairn.directory.external-id-bound.v1':
        return t('fact.idBound', { scheme: id?.scheme ?? '', value: id?.value ?? '' });
      case 'org.cairn.directory.external-id-released.v1':
        return t('fact.idReleased', { scheme: id?.scheme ?? '', value: id?.value ?? '' });
      default:
        return item.type;
    }
  };

  /** The corrected values, one phrase each. */
  const corrected = (values: Partial<FactValues>): string[] => [
    ...(values.occurredAt ? [t('corrected.occurredAt', { date: format.date(values.occurredAt) })] : []),
    ...(values.to ? [t('corrected.to', { stage: stage(values.to) })] : []),
    ...(values.score !== undefined ? [t('corrected.score', { score: format.score(values.score) })] : []),
    ...(values.window ? [t('corrected.window', { window: values.window })] : []),
    ...(values.evidence ? [t('corrected.evidence', { evidence: values.evidence })] : []),
    ...(values.reason ? [t('corrected.reason', { reason: values.reason })] : []),
  ];

  return { fact, roster, corrected };
};
