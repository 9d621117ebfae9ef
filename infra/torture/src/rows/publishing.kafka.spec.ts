import { kafkaBus } from './kafka-bus.js';
import { publishingRows } from './publishing.rows.js';

publishingRows(kafkaBus);
