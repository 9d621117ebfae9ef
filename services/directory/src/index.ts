export { startDirectory } from './directory.service.js';
export { normaliseSchoolName } from './roster/names.js';
export { schoolIdFor } from './roster/school-id.js';
