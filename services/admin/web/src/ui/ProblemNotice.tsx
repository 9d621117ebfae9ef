import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiProblem, isUnreachable } from '../api/problem.js';
import { Icon } from './Icon.js';
import classes from './Notice.module.css';
import { useReadable } from './use-readable.js';

interface Props {
  readonly error: unknown;
  /** What was tried: a read changes nothing anyway, a refused command has changed nothing, an unanswered one may have. */
  readonly of: 'read' | 'command';
  readonly onRetry?: (() => void) | undefined;
  /** Fields that show their own refusals; those are not said twice. */
  readonly fields?: readonly string[];
}

/** What happened, whether anything was changed, what to do next, and the reference for support. */
export const ProblemNotice = ({ error, of, onRetry, fields = [] }: Props) => {
  const { t } = useTranslation();
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  const unreachable = isUnreachable(error);
  const title = problem?.title ?? t(unreachable ? 'problem.unreachable' : 'problem.unexpected');
  const errors = problem?.errors ?? [];
  const beside = errors.filter((entry) => entry.field !== undefined && fields.includes(entry.field));
  const rest = errors.filter((entry) => !beside.includes(entry) && entry.detail !== problem?.detail);
  const saidBeside = beside.some((entry) => entry.detail === problem?.detail);
  const readable = useReadable();
  const reference = problem?.reference ?? problem?.instance;
  const changed = of === 'read' ? undefined : problem && (problem.unchanged || problem.status < 500) ? t('problem.nothingChanged') : t('problem.perhapsChanged');
  // A refusal may appear below what is seen of the page; the words of a read stand where its data would.
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (of === 'command') notice.current?.scrollIntoView({ block: 'nearest' });
  }, [of, error]);
  return (
    <div role="alert" className={classes['problem']} ref={notice}>
      <Icon name="attention" />
      <div>
        <strong>{title}</strong>
        {problem?.detail && !saidBeside && <p>{readable(problem.detail)}</p>}
        {!problem && <p>{t(unreachable ? 'problem.unreachableHelp' : 'problem.unexpectedHelp')}</p>}
        {rest.length > 0 && (
          <ul>
            {rest.map((entry) => (
              <li key={`${entry.field}${entry.line}${entry.column}${entry.detail}`}>
                {entry.line !== undefined ? t('problem.atLine', { line: entry.line, column: entry.column ?? '', detail: readable(entry.detail) }) : readable(entry.detail)}
              </li>
            ))}
          </ul>
        )}
        {changed && <p>{changed}</p>}
        {problem?.eventId && document.getElementById(`fact-${problem.eventId}`) && (
          <p><a href={`#fact-${problem.eventId}`}>{t('problem.showFact')}</a></p>
        )}
        {reference && <p className={classes['reference']}>{t('problem.reference', { reference })}</p>}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry} mt="xs">
            {t('problem.tryAgain')}
          </Button>
        )}
      </div>
    </div>
  );
};
