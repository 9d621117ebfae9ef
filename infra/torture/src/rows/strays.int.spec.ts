import { postgresBus } from './row.js';
import { straysRows } from './strays.rows.js';

straysRows(postgresBus);
