import { publishingRows } from './publishing.rows.js';
import { postgresBus } from './row.js';

publishingRows(postgresBus);
