export { samplePeople } from './sample-people.js';
export type { SamplePerson } from './sample-people.js';
export { sampleDistrict, sampleScript } from './sample-script.js';
export type { SampleInput } from './sample-script.js';
export type { AdoptionStep, SampleStep } from './sample-step.js';
