import { kafkaBus } from './kafka-bus.js';
import { readingRows } from './reading.rows.js';

readingRows(kafkaBus);
