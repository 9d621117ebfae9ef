# The engines of a run of `.ci/run`: they get a folder and ports of their own, and they end with the run.

# Docker may be here; the run takes the way that needs none, which is the same everywhere.
start_engines() { npm run --silent engines:start -- --with maven; }

# The plugin where there is one, else Debian's program (install_packages).
check_compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose --file docker-compose.yml config --quiet
    return
  fi
  docker-compose version --short
  docker-compose --file docker-compose.yml config --quiet
}

export -f start_engines check_compose
