/** What is read of a service in docker-compose.yml, its merge keys resolved. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: string | object;
  readonly pull_policy?: string;
  readonly platform?: string;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly healthcheck?: { readonly test?: string | readonly string[]; readonly disable?: boolean };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly command?: string | readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

/** A job ends by itself; everything else answers until it is told to stop. */
const isJob = (service: ComposeService | undefined): boolean => service?.restart === 'no';

const waitFaults = (name: string, service: ComposeService, all: ComposeFile['services']): string[] => {
  const waits = service.depends_on ?? {};
  if (Array.isArray(waits)) return waits.map((other: string) => `${name}: does not say what it waits for in ${other}`);
  return Object.entries(waits as Readonly<Record<string, { readonly condition: string }>>).flatMap(([other, { condition }]) =>
    condition === (isJob(all[other]) ? 'service_completed_successfully' : 'service_healthy') ? [] : [`${name}: waits for ${other} until ${condition}`],
  );
};

const fixedVersion = /:v?\d+(\.\d+)*(-[\w.-]+)?$/;

/** Of the project, so that two clones do not run what the other has built. */
const ownImage = 'cairn-${COMPOSE_PROJECT_NAME:-default}:local';

/**
 * Where several services build one image, each builds it, and with Docker's containerd store the second to finish
 * fails: "image already exists". The first start is the one it happens to.
 */
const buildFaults = ({ services }: ComposeFile): string[] => {
  const own = Object.entries(services).filter(([, { image }]) => image === ownImage);
  const builders = own.filter(([, { build }]) => build !== undefined).map(([name]) => name);
  return [
    ...(builders.length === 1 ? [] : [`the image of the services is built by ${builders.length} services: ${builders.join(', ')}`]),
    ...own.filter(([, service]) => service.pull_policy !== 'never').map(([name]) => `${name}: would fetch the image of the services from a registry`),
  ];
};

const serviceFaults = (name: string, service: ComposeService, all: ComposeFile['services']): string[] => [
  ...(service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name}: ${port} is not bound to 127.0.0.1`),
  ...(service.network_mode === 'host' ? [`${name}: shares the network of the host`] : []),
  ...(isJob(service) || service.healthcheck !== undefined ? [] : [`${name}: has no health check`]),
  ...(isJob(service) || service.restart === 'unless-stopped' ? [] : [`${name}: does not come back after an end`]),
  ...(isJob(service) && service.healthcheck?.disable !== true ? [`${name}: is a job that is asked for its health`] : []),
  ...(service.image === ownImage || fixedVersion.test(service.image ?? '') ? [] : [`${name}: ${String(service.image)} is of no fixed version`]),
  ...Object.entries(service.environment ?? {})
    .filter(([, value]) => String(value).includes('PRIVATE KEY'))
    .map(([variable]) => `${name}: ${variable} holds a key`),
  ...waitFaults(name, service, all),
  ...('DATABASE_URL' in (service.environment ?? {}) && !isJob(service) && !('prepare' in (service.depends_on ?? {}))
    ? [`${name}: starts before prepare`]
    : []),
];

/** What is wrong with how the file starts the platform; `services` are those that must be in it. */
export const composeFaults = (file: ComposeFile, services: readonly string[]): string[] => [
  ...Object.entries(file.services).flatMap(([name, service]) => serviceFaults(name, service, file.services)),
  ...buildFaults(file),
  ...services.filter((name) => file.services[name] === undefined).map((name) => `${name}: is not started`),
];
