import { platformRows } from './platform.rows.js';

platformRows({ kafka: false, deaths: 3 });
