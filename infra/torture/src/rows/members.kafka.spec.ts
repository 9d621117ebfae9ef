import { kafkaBus } from './kafka-bus.js';
import { membersRows } from './members.rows.js';

membersRows(kafkaBus, { storm_ms: 2_000, storms: 9 });
