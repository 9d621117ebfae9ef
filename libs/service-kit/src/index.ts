export { answerOrProblem } from './commands/answer-or-problem.js';
export { commandAnswerSchema } from './commands/answer-schema.js';
export { Meta } from './commands/command-meta.js';
export type { CommandMeta } from './commands/command-meta.js';
export { CommandRunner } from './commands/command-runner.js';
export type { CommandAnswer, CommandOutcome, CommandRun, RunnerRejection } from './commands/command-runner.js';
export { readEvent } from './commands/event-catalogue.js';
export type { EventCatalogue } from './commands/event-catalogue.js';
export { isNewer, knownEvent, NewerEventError, publicEventIn, typesOf } from './commands/known-event.js';
export type { EventContract } from './commands/known-event.js';
export { publicMessage } from './commands/public-message.js';
export type { PublicFact } from './commands/public-message.js';
export { uuidV5 } from './commands/uuid-v5.js';
export { busSchema, provisionDatabase } from './data/provision.js';
export { LongTransactions, longTransactionsOf } from './data/long-transactions.js';
export { onOneStateOf, projectionDatabaseOf, projectionDatabaseOn, queryOn, roleOf, schemaOf, storeSchemaOf, transactionsOn } from './data/service-database.js';
export type { DataSourceParts } from './data/service-database.js';
export { cursorOf, placeIn } from './http/cursor.js';
export { methodNotAllowed } from './http/method-not-allowed.js';
export { positionHeader, PositionNotReachedError, PositionWaiter, seenPositionHeader } from './http/min-position.interceptor.js';
export type { PositionToken } from './http/min-position.interceptor.js';
export { Allow, AllowPlatformOperators, Caller, Public, roles, seesDistrict } from './http/principal.js';
export type { Principal, Role } from './http/principal.js';
export { PrincipalGuard } from './http/principal.guard.js';
export { ProblemException, problemOf, problems, unavailable } from './http/problem.js';
export type { Problem, ProblemCatalogue, ProblemEntry, ProblemItem } from './http/problem.js';
export { ProblemFilter } from './http/problem.filter.js';
export { requestContext } from './http/request-context.js';
export { JwtVerifier, tokenAudience } from './http/token-verifier.js';
export type { IdentityConfig } from './http/token-verifier.js';
export {
  dateOrInstantSchema,
  dateSchema,
  minPositionSchema,
  pageSchema,
  schoolIdSchema,
  slugInPathSchema,
  slugSchema,
  validation,
  words,
  wordsOrNone,
} from './http/validation.js';
export { FreshReadModels } from './projections/fresh-read-models.js';
export { checkpointDdl } from './projections/checkpoint-rows.js';
export { BuildRunningError, NothingToGoBackToError, tablesDdl } from './projections/projection.js';
export type { Projection, ProjectionSource, ProjectionStatus } from './projections/projection.js';
export { ProjectionRunner } from './projections/projection-runner.js';
export type { RunnerOptions } from './projections/projection-runner.js';
export { ReadModels, readModelsController } from './projections/read-models.controller.js';
export type { ReadModel } from './projections/read-models.controller.js';
export { sharedSource } from './projections/shared-source.js';
export { storeSource } from './projections/store-source.js';
export { closeInTime, startInTime } from './service/close-in-time.js';
export { closeServer } from './service/close-server.js';
export { Closers } from './service/closers.js';
export { BusContext } from './service/bus-context.js';
export { BusTransport, BusWiringError } from './service/bus-transport.js';
export { ConfigurationError } from './service/configuration-error.js';
export { configFrom, enginesFrom } from './service/config.js';
export { eventStoreFrom } from './service/engine-config.js';
export type { EventStoreConfig, KafkaConfig } from './service/engine-config.js';
export type { ServiceConfig } from './service/config.js';
export { addressOf } from './service/address-of.js';
export { askStore, requireAnswer } from './service/engines.js';
export { EngineTroubleError } from './service/engine-trouble.js';
export { identityFrom, localIssuer, textOfFile } from './service/identity-config.js';
export { HealthController } from './service/health.controller.js';
export { nestLogger, openLogger, requestLog } from './service/logging.js';
export type { LogLevel } from './service/logging.js';
export { consumerOf } from './service/consumer.js';
export type { ConsumerParts, ConsumerStatus, ServiceConsumer } from './service/consumer.js';
export { ParkedMessages, parkedMessagesController } from './service/parked-messages.controller.js';
export type { Platform } from './service/platform.js';
export { openPlatform } from './service/platform.js';
export { positionController } from './service/position.controller.js';
export { PublishedFacts, relayController } from './service/relay.controller.js';
export { relayOf } from './service/relay.js';
export type { RelayParts, RelayStatus, ServiceRelay } from './service/relay.js';
export { Readiness } from './service/readiness.js';
export type { Finding, ReadinessCheck } from './service/readiness.js';
export { runAlone } from './service/run-alone.js';
export { StoppedEarlyError, toldToStop } from './service/told-to-stop.js';
export type { ToldToStop } from './service/told-to-stop.js';
export { jsonBytesMax } from './service/serve.js';
export type { Background, RunningService, ServiceParts } from './service/serve.js';
export { startService } from './service/start-service.js';
export type { ServiceDefinition, StartOptions } from './service/start-service.js';
export { dateOf, endOfDay, isTimeZone, startOfDay, whenRead, whenRecorded } from './time/district-time.js';
export { simulatedNowHeader } from './time/simulated-time.js';
