import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { keyring, recordFact } from '../../api/commands.js';
import { isStatusOf } from '../../api/problem.js';
import { useDistrict } from '../../app/shell/district-context.js';

interface Target {
  readonly schoolId: string;
  readonly initiativeId: string;
  readonly version: number;
}

/**
 * Sends a command and is done when the pages have read what it did: every read of the district is asked again and waits for the
 * position of the command. After a refused version the newest facts are loaded, so that the next try is based on them.
 */
export const useRecord = ({ schoolId, initiativeId, version }: Target) => {
  const { district } = useDistrict();
  const client = useQueryClient();
  const [keyFor] = useState(keyring);
  const reload = (): Promise<void> => client.invalidateQueries({ queryKey: ['district', district.districtId] });
  return useMutation({
    mutationFn: async ({ command, body }: { command: string; body: Readonly<Record<string, unknown>> }) => {
      const idempotencyKey = keyFor({ command, body, version });
      const answer = await recordFact({ district: district.districtId, school: schoolId, initiative: initiativeId, command, version, body, idempotencyKey });
      await reload();
      return answer;
    },
    onError: (error) => {
      if (isStatusOf(error, 412)) void reload();
    },
  });
};
