import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { schoolSearchQuery } from '../../api/queries.js';
import { Icon } from '../../ui/Icon.js';
import { useRights } from '../use-rights.js';
import { useDistrict } from './district-context.js';
import classes from './SearchDialog.module.css';

interface Hit {
  readonly key: string;
  readonly label: string;
  readonly kind: string;
  readonly open: () => void;
}

/** Finds schools, initiatives and places; arrows choose, Enter opens. */
export const SearchDialog = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation();
  const { district, initiatives, at } = useDistrict();
  const { mayRun } = useRights();
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const [asked] = useDebouncedValue(words.trim(), 150);
  const [marked, setMarked] = useState(0);
  const schools = useQuery(schoolSearchQuery(district.districtId, asked, at));

  const params = { district: district.districtId };
  const has = (text: string): boolean => text.toLowerCase().includes(words.trim().toLowerCase());
  const places: Hit[] = [
    { key: 'p1', label: t('place.district'), kind: t('search.place'), open: () => void navigate({ to: '/d/$district', params }) },
    { key: 'p2', label: t('place.changes'), kind: t('search.place'), open: () => void navigate({ to: '/d/$district/changes', params }) },
    { key: 'p3', label: t('place.initiatives'), kind: t('search.place'), open: () => void navigate({ to: '/d/$district/initiatives', params }) },
    { key: 'p4', label: t('place.import'), kind: t('search.place'), open: () => void navigate({ to: '/d/$district/import', params }) },
    ...(mayRun ? [{ key: 'p5', label: t('place.operations'), kind: t('search.place'), open: () => void navigate({ to: '/d/$district/operations', params }) }] : []),
  ];
  const hits: Hit[] = [
    ...(schools.data?.items ?? []).map((school) => ({
      key: school.schoolId,
      label: school.name,
      kind: t('search.school'),
      open: () => void navigate({ to: '/d/$district/schools/$schoolId', params: { ...params, schoolId: school.schoolId } }),
    })),
    ...initiatives
      .filter((entry) => has(entry.name))
      .map((entry) => ({
        key: entry.initiativeId,
        label: entry.name,
        kind: t('search.initiative'),
        open: () => void navigate({ to: '/d/$district', params, search: (now) => ({ ...now, initiative: entry.initiativeId }) }),
      })),
    ...places.filter((place) => has(place.label)),
  ];
  const current = Math.min(marked, hits.length - 1);
  const open = (hit: Hit | undefined): void => {
    if (!hit) return;
    onClose();
    hit.open();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setMarked(Math.min(current + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setMarked(Math.max(current - 1, 0));
    else if (event.key === 'Enter') open(hits[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal.Root opened onClose={onClose} yOffset="10vh" size="lg">
      <Modal.Overlay />
      <Modal.Content aria-label={t('search.open')}>
        <Modal.Body p={0}>
          <TextInput
            data-autofocus
            size="md"
            variant="unstyled"
            className={classes['input']}
            leftSection={<Icon name="search" />}
            placeholder={t('search.placeholder')}
            aria-label={t('search.open')}
            role="combobox"
            aria-expanded
            aria-controls="search-hits"
            aria-activedescendant={hits[current] ? `hit-${hits[current].key}` : undefined}
            value={words}
            onChange={(event) => { setWords(event.currentTarget.value); setMarked(0); }}
            onKeyDown={onKey}
          />
          <ul id="search-hits" role="listbox" aria-label={t('search.hits')} className={classes['hits']}>
            {hits.map((hit, index) => (
              <li key={hit.key} id={`hit-${hit.key}`} role="option" aria-selected={index === current} className={classes['hit']} onClick={() => open(hit)} onMouseMove={() => setMarked(index)}>
                <span>{hit.label}</span>
                <span className="dim">{hit.kind}</span>
              </li>
            ))}
          </ul>
          {hits.length === 0 && !schools.isFetching && <p className={classes['none']}>{t('search.none', { words })}</p>}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
};
