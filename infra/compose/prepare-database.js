// Makes the schemas and roles of the services named, as the owner of DATABASE_URL; run again, it changes nothing.
// Usage: node prepare-database.js <service>…
import { provisionDatabase } from '@cairn/service-kit';

const services = process.argv.slice(2);
const url = process.env['DATABASE_URL'];
if (services.length === 0 || !url) {
  console.error('Usage: DATABASE_URL=postgresql://… node prepare-database.js <service>…');
  process.exit(2);
}
try {
  await provisionDatabase(url, services);
  console.log(`The database is prepared for: ${services.join(', ')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
