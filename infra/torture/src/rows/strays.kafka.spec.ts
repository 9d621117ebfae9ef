import { kafkaBus } from './kafka-bus.js';
import { straysRows } from './strays.rows.js';

straysRows(kafkaBus);
