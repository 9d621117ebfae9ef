import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import type { Adoption, AdoptionRow, Initiative } from '../../api/types.js';
import { hasReached } from '../../lib/stages.js';
import classes from './Sentence.module.css';

interface Props {
  readonly initiative: Initiative;
  readonly adoption: Adoption;
  readonly before: Adoption | undefined;
  readonly monthBefore: string;
  readonly attention: number | undefined;
}

const clear = { stage: undefined, status: undefined, attention: undefined, q: undefined };
const to = '/d/$district' as const;
const reachedInitial = (row: AdoptionRow): boolean => hasReached('initial-implementation', row);

/** The answer first: how many schools, compared with a month before, and how many need attention. Each number opens its list. */
export const Sentence = ({ initiative, adoption, before, monthBefore, attention }: Props) => {
  const { t } = useTranslation();
  const { district, day, at, format } = useDistrict();
  const params = { district: district.districtId };
  const reached = adoption.schools.filter(reachedInitial).length;
  // A district that had no school then is not compared with it.
  const earlier = before && before.schools.length > 0 ? before.schools.filter(reachedInitial).length : undefined;
  const nothingYet = adoption.totals['not-started'] === adoption.schools.length;
  const difference = earlier === undefined ? undefined : reached - earlier;
  const kind = difference === undefined || nothingYet ? 'alone' : difference > 0 ? 'more' : difference < 0 ? 'fewer' : 'same';

  const components = {
    reached: <Link to={to} params={params} search={(now) => ({ ...now, ...clear, stage: 'reached-initial' as const })} hash="schools" />,
    full: <Link to={to} params={params} search={(now) => ({ ...now, ...clear, stage: 'reached-full' as const })} hash="schools" />,
    difference: (
      <Link
        to="/d/$district/changes"
        params={params}
        search={(now) => ({ initiative: now.initiative, from: monthBefore, to: at.effective ? day : undefined, recordedFrom: at.recorded ?? 'now', recordedTo: at.recorded })}
      />
    ),
    attention: <Link to={to} params={params} search={(now) => ({ ...now, ...clear, attention: 'yes' as const })} hash="schools" />,
    paused: <Link to={to} params={params} search={(now) => ({ ...now, ...clear, status: 'paused' as const })} hash="schools" />,
    abandoned: <Link to={to} params={params} search={(now) => ({ ...now, ...clear, status: 'abandoned' as const })} hash="schools" />,
  };
  const values = {
    date: format.dateTogether(day),
    before: format.dateTogether(monthBefore),
    initiative: initiative.name,
    reached: format.number(reached),
    total: format.number(adoption.schools.length),
    difference: format.number(Math.abs(difference ?? 0)),
    full: format.number(adoption.schools.filter((row) => hasReached('full-implementation', row)).length),
    paused: format.number(adoption.statuses.paused),
    abandoned: format.number(adoption.statuses.abandoned),
  };
  return (
    <div className={classes['sentence']}>
      <h1>
        <Trans i18nKey={`district.sentence.${kind}`} values={values} components={components} />
      </h1>
      <p>
        {nothingYet ? t('district.sentence.nothingYet') : <Trans i18nKey="district.sentence.rest" values={values} components={components} />}{' '}
        {!nothingYet && attention !== undefined && (
          <Trans i18nKey="district.sentence.attention" values={{ attention: format.number(attention) }} components={components} />
        )}
      </p>
      {adoption.statuses.paused + adoption.statuses.abandoned > 0 && <p className={classes['counted']}>{t('district.sentence.counted')}</p>}
    </div>
  );
};
