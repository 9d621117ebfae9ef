# One image for every service; the command says which one runs (docker-compose.yml), SERVICE the one without a command.
ARG NODE=node:20.20.2-bookworm-slim

# The manifests alone: what npm installs is fetched again only when one of them changes.
FROM ${NODE} AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/contracts/package.json libs/contracts/
COPY libs/decider/package.json libs/decider/
COPY libs/embedded-postgres/package.json libs/embedded-postgres/
COPY libs/event-bus/package.json libs/event-bus/
COPY libs/event-store/package.json libs/event-store/
COPY libs/guards/package.json libs/guards/
COPY libs/service-kit/package.json libs/service-kit/
COPY services/admin/package.json services/admin/
COPY services/admin/web/package.json services/admin/web/
COPY services/directory/package.json services/directory/
COPY services/reporting/package.json services/reporting/
COPY services/scaling-plan/package.json services/scaling-plan/
COPY infra/bench/package.json infra/bench/
COPY infra/engines/package.json infra/engines/
COPY infra/local/package.json infra/local/
COPY infra/local/bin infra/local/bin
COPY infra/torture/package.json infra/torture/

# Everything, to build with. The scripts wait: the root's own would build what is not here yet.
FROM manifests AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN NX_DAEMON=false npm run build
# What the services run, without sources: each package's dist and manifest, and the small programs of compose.
RUN mkdir /built \
  && find libs services -name node_modules -prune -o -type d -name dist -print -prune > /tmp/parts \
  && find libs services -name node_modules -prune -o -name package.json -print >> /tmp/parts \
  && tar -c -T /tmp/parts infra/compose | tar -x -C /built

# What the services need at run time, and nothing to build or test with.
FROM manifests AS packages
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev \
  --workspace=services/directory --workspace=services/scaling-plan --workspace=services/reporting --workspace=services/admin

FROM ${NODE}
ARG SERVICE=directory
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SERVICE=${SERVICE}
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /built ./
# Volumes that are mounted here begin as their folders are: the keys belong to the user that makes and reads them.
RUN mkdir -p /var/lib/cairn/private /var/lib/cairn/public && chown -R node:node /var/lib/cairn
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=12 CMD ["node", "infra/compose/healthcheck.js"]
CMD ["sh", "-c", "exec node services/$SERVICE/dist/main.js"]
