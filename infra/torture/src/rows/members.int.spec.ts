import { membersRows } from './members.rows.js';
import { postgresBus } from './row.js';

membersRows(postgresBus, { storm_ms: 500, storms: 12 });
