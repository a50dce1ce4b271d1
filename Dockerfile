# syntax=docker/dockerfile:1
FROM node:24-slim AS base
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1

FROM base AS dependencies
COPY package.json package-lock.json ./
# What install scripts fetch (another Node, a browser, a database) only development needs.
RUN npm ci --ignore-scripts

FROM dependencies AS build
COPY . .
# No variable of a deployment is known here: one image serves them all.
RUN BUILD_OUTPUT=standalone node node_modules/next/dist/bin/next build

FROM base AS app
ENV NODE_ENV=production
ENV PORT=3000
# Docker sets HOSTNAME to the id of the container, and the server would listen there only.
ENV HOSTNAME=0.0.0.0
# Milliseconds, longer than load balancers keep an idle connection (60 s): they would send a request into a closed one.
ENV KEEP_ALIVE_TIMEOUT=70000
COPY --from=build /app/.next/standalone ./
COPY --from=build /app/.next/static ./.next/static
COPY --from=build /app/public ./public
# The files belong to root: the process can change nothing of the program.
USER node
EXPOSE 3000
# Live, not ready: while the database is away a restart would not help.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
