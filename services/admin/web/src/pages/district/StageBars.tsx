import { Skeleton } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { adoptionQuery } from '../../api/queries.js';
import type { Adoption, Initiative } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { stageKeyOf, stageKeys, type StageKey } from '../../lib/stages.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { BarLabels } from './BarLabels.js';
import classes from './StageBars.module.css';

const heldIn = (adoption: Adoption, stage: StageKey): number =>
  adoption.schools.filter((row) => stageKeyOf(row.stage) === stage && (row.status === 'paused' || row.status === 'abandoned')).length;

const Bar = ({ initiative, adoption }: { initiative: Initiative; adoption: Adoption }) => {
  const { t } = useTranslation();
  const { district, format } = useDistrict();
  const parts = stageKeys.map((stage) => ({ stage, count: adoption.totals[stage], held: heldIn(adoption, stage) })).filter((part) => part.count > 0);
  const total = format.number(adoption.schools.length);
  const params = { district: district.districtId };
  return (
    <>
      <ul className={classes['bar']}>
        {parts.map(({ stage, count, held }) => {
          const said = t(held > 0 ? 'district.bars.partHeld' : 'district.bars.part', { stage: t(`stage.${stage}`), count, total, held });
          return (
            <li key={stage} style={{ flexGrow: count }}>
              <Link
                to="/d/$district"
                params={params}
                search={(now) => ({ ...now, initiative: initiative.initiativeId, stage, status: undefined, attention: undefined, q: undefined })}
                hash="schools"
                aria-label={said}
                title={said}
              >
                <span className={classes['fill']} data-stage={stage}>
                  {held > 0 && <span className={classes['held']} style={{ width: `${(100 * held) / count}%` }} />}
                  <span className={classes['count']}>{format.number(count)}</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      <BarLabels parts={parts} />
    </>
  );
};

/** Each initiative as one stacked bar, with names and counts on it. The hatched part of a stage is paused or abandoned there. */
export const StageBars = () => {
  const { t } = useTranslation();
  const { district, initiatives, at } = useDistrict();
  const answers = useQueries({ queries: initiatives.map((entry) => adoptionQuery(district.districtId, entry.initiativeId, at)) });
  const anyHeld = answers.some((answer) => (answer.data?.statuses.paused ?? 0) + (answer.data?.statuses.abandoned ?? 0) > 0);
  return (
    <Panel title={t('district.bars.title')} aside={anyHeld && <span className={classes['key']}><i aria-hidden="true" />{t('district.bars.held')}</span>}>
      <div className={classes['bars']}>
        {initiatives.map((entry, index) => {
          const answer = answers[index];
          return (
            <div key={entry.initiativeId}>
              <h3 className={classes['name']}>{entry.name}</h3>
              {answer?.data ? <Bar initiative={entry} adoption={answer.data} /> : answer?.error ? <ProblemNotice error={answer.error} of="read" /> : <Skeleton height="3.75rem" />}
            </div>
          );
        })}
      </div>
    </Panel>
  );
};
