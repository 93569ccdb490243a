#!/usr/bin/env bash
set -euo pipefail

if [ $# -gt 0 ]; then
    cat <<'END'
Usage: server-config/stop.sh

Stops the server that server-config/start.sh started. Environment:
  OSPREY_PORT          the server's port (8080)
  OSPREY_HOME          as given to start.sh
  OSPREY_STOP_SECONDS  how long it may take before it is killed (30)
END
    [ "$1" = --help ] || [ "$1" = -h ] || exit 2
    exit
fi

# shellcheck source=server-config/server.sh
. "$(dirname "$0")/server.sh"

if ! pid=$(server_pid); then
    rm -f "$pid_file"
    echo "No server of start.sh runs on port $port."
    exit
fi

limit=${OSPREY_STOP_SECONDS:-30}
how=stopped
kill "$pid"
SECONDS=0
while server_pid >/dev/null; do
    if [ "$SECONDS" -ge "$limit" ] && [ "$how" = stopped ]; then
        how="killed, because it had not stopped after $limit s"
        kill -KILL "$pid"
    fi
    sleep 0.2
done
rm -f "$pid_file"
rm -rf "$payara"
echo "Osprey on port $port (process $pid): $how."
