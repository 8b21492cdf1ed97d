# The whole program in an image, for people who want no Node.js: docker run pgdrill-program:17 run --stanza main …
# It is built by docker/build-program.sh, which puts Node.js and the compiled program into the build's context.
ARG DRILL_IMAGE=pgdrill:17
FROM ${DRILL_IMAGE}

COPY node /usr/local/bin/node
COPY app /opt/pgdrill

# Reports and scratch lie in directories that a user mounts, or in the volume of the drill image.
WORKDIR /pgdrill
ENV NODE_ENV=production NODE_DISABLE_COMPILE_CACHE=1 HOME=/pgdrill XDG_STATE_HOME=/pgdrill
HEALTHCHECK --interval=60s --timeout=10s CMD ["node", "/opt/pgdrill/bin/drill.js", "--version"]
LABEL org.pgdrill.image=program
ENTRYPOINT ["node", "/opt/pgdrill/bin/drill.js"]
CMD ["--help"]
