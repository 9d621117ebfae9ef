import { nothingThereSuite } from './nothing-there.suite.js';

nothingThereSuite('Kafka');
