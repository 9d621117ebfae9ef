# The engines of a run of `.ci/run`: they get a folder and ports of their own, and they end with the run.

# Docker may be here; the run takes the way that needs none, which is the same everywhere.
start_engines() { npm run --silent engines:start -- --with maven; }

# The plugin where there is one, else Debian's program (install_packages). That of version 1 knows everything in the file but its name.
check_compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose --file docker-compose.yml config --quiet
    return
  fi
  docker-compose version --short
  if docker-compose version --short | grep -q '^v\?1\.'; then
    sed '/^name:/d' docker-compose.yml | docker-compose --project-directory . --file - config --quiet
  else
    docker-compose --file docker-compose.yml config --quiet
  fi
}

export -f start_engines check_compose
