import { readingRows } from './reading.rows.js';
import { postgresBus } from './row.js';

readingRows(postgresBus);
