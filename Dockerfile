# One image for worker, starters and CLI: production packages, our own folders, the workflow bundle built in advance.
# The sandbox is not in it. The Node version is that of the tests (devDependencies.node).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY activities activities
COPY config config
COPY starters starters
COPY worker worker
COPY workflows workflows
# Written to .cache under the hash of its sources: a worker finds it there and needs no writable file system.
RUN node --input-type=module --eval "import { workflowBundle } from './worker/bundle.ts'; await workflowBundle();"

FROM node:24.21.0-bookworm-slim
# Temporal's core takes its root certificates from the system, and the slim image has none.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
# glibc otherwise keeps a heap for each of many threads, and most of each is free
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
# Owned by root: the process cannot change its own code.
COPY --from=build /app /app
USER node
# The starters'; the worker listens on loopback only.
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:9090/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# a small young generation: a worker with 500 open approvals otherwise holds 200 MB of garbage (bench/approval.ts)
CMD ["node", "--max-semi-space-size=2", "worker/main.ts", "--health-port", "9090"]
