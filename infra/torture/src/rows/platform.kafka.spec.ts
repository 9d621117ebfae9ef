import { platformRows } from './platform.rows.js';

platformRows({ kafka: true, deaths: 2 });
