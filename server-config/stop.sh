#!/usr/bin/env bash
set -euo pipefail

if [ $# -gt 0 ]; then
    cat <<'END'
Usage: server-config/stop.sh

Stops the server that server-config/start.sh started. Environment:
  OSPREY_PORT          the server's port (8080)
  OSPREY_HOME          as given to start.sh
  OSPREY_STOP_SECONDS  how long it may take before it is killed (osprey.server.drain-delay and .drain-timeout, and 10; 30 by default)
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

# drain_seconds KEY VARIABLE DEFAULT: a duration that the server was started with, in whole seconds
drain_seconds() {
    local text
    text=$(sed -n "s/^osprey\.server\.$1 *= *//p" server-config/osprey.properties | tail -n 1)
    text=${text:-${!2:-PT$3S}}
    if [[ $text =~ ^PT(([0-9]+)H)?(([0-9]+)M)?(([0-9]+)(\.[0-9]+)?S)?$ ]]; then
        echo $((10#${BASH_REMATCH[2]:-0} * 3600 + 10#${BASH_REMATCH[4]:-0} * 60 + 10#${BASH_REMATCH[6]:-0}))
    else
        echo "$3"
    fi
}

limit=${OSPREY_STOP_SECONDS:-$(($(drain_seconds drain-delay OSPREY_SERVER_DRAIN_DELAY 0) + $(drain_seconds drain-timeout OSPREY_SERVER_DRAIN_TIMEOUT 20) + 10))}
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
