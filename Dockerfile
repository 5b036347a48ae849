# A small image of the command: docker build -t go2perfetto .
# docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" go2perfetto batch traces --out-dir converted
FROM node:24-alpine AS build
WORKDIR /src
COPY . .
RUN npm ci && npm pack --ignore-scripts --pack-destination /tmp
WORKDIR /app
RUN npm install --omit=dev --omit=optional --no-audit --no-fund /tmp/go2perfetto-*.tgz

FROM node:24-alpine
# Nothing is installed when it runs: npm, yarn and what they bring are a quarter of the image.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
COPY --from=build /app/node_modules /app/node_modules
ENV PATH="/app/node_modules/.bin:$PATH"
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["go2perfetto"]
CMD ["--help"]
