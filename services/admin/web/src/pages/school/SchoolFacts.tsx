import { useTranslation } from 'react-i18next';

import type { ExternalId } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import type { SchoolRecord } from './record.js';
import classes from './School.module.css';

const isExternalId = (value: unknown): value is ExternalId =>
  typeof value === 'object' && value !== null && 'scheme' in value && 'value' in value;

/** Ids and enrollment as the roster gave them last, and since when the school is known. */
export const SchoolFacts = ({ record }: { record: SchoolRecord }) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const roster = record.lines.filter((line) => line.item.type.startsWith('org.cairn.directory.'));
  const profile = roster.map((line) => line.item.data['profile']).find((entry) => typeof entry === 'object' && entry !== null) as { enrollment?: number } | undefined;
  const opened = roster.find((line) => line.item.type === 'org.cairn.directory.school-opened.v1');
  const closed = roster.find((line) => line.item.type === 'org.cairn.directory.school-closed.v1' || line.item.type === 'org.cairn.directory.school-reopened.v1');
  const ids = roster.flatMap((line) => {
    const given = line.item.data['externalIds'] ?? line.item.data['externalId'];
    return (Array.isArray(given) ? given : [given]).filter(isExternalId);
  });
  const released = new Set(roster.filter((line) => line.item.type.includes('external-id-released')).flatMap((line) => [line.item.data['externalId']]).filter(isExternalId).map((id) => `${id.scheme} ${id.value}`));
  const bound = [...new Map(ids.map((id) => [`${id.scheme} ${id.value}`, id])).values()].filter((id) => !released.has(`${id.scheme} ${id.value}`));
  const parts = [
    ...bound.map((id) => t('school.externalId', { scheme: id.scheme, value: id.value })),
    profile?.enrollment !== undefined && t('school.enrollment', { count: profile.enrollment, students: format.number(profile.enrollment) }),
    opened && t('school.since', { date: format.date(opened.item.occurredAt) }),
    closed?.item.type === 'org.cairn.directory.school-closed.v1' && t('school.closed', { date: format.date(closed.item.occurredAt) }),
  ].filter((part): part is string => typeof part === 'string');
  return (
    <ul className={classes['facts']}>
      {parts.map((part) => <li key={part}>{part}</li>)}
    </ul>
  );
};
