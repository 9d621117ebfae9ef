export { startScalingPlan } from './scaling-plan.service.js';
