#!/usr/bin/env bash
set -euo pipefail

usage() {
    cat <<'END'
Usage: server-config/start.sh [--background]

Starts the server that "mvn package" built, in the foreground: the log goes to the terminal, Ctrl-C stops it.

  --background  return when the server is ready; stop it with server-config/stop.sh
  --help        this text

Environment:
  OSPREY_ADDRESS        address to listen on (127.0.0.1); 0.0.0.0 is every interface
  OSPREY_PORT           port to listen on (8080)
  OSPREY_FINGERSPELLING_PORT  one more port, which is the fingerspelling coach's alone (WEBSOCKET_PORT, else none)
  OSPREY_SIGNS_PORT     one more port, on which every WebSocket path but /socket.io/ is the sign words' (none)
  MAX_CLIENTS, SOCKETIO_PING_INTERVAL, SOCKETIO_PING_TIMEOUT, CORS_ORIGINS
                        as the sign words' first implementation read them: clients, seconds, seconds, a list with commas
  REFEREE_HOST, REFEREE_PORT, REFEREE_OUTPUT_DIR, REFEREE_MAX_STREAMING_SESSIONS, REFEREE_MAX_STREAMING_MEMORY_MB,
  REFEREE_STREAMING_SESSION_TIMEOUT, REFEREE_STREAMING_ENABLED, REFEREE_FISHEYE_ENABLED, REFEREE_FISHEYE_STRENGTH,
  REFEREE_FISHEYE_BALANCE
                        as the referee's first implementation read them; docs/operating.md has what became of the others
  ORFEAS_HOST, ORFEAS_PORT, MAX_UPLOAD_MB, ENABLE_RATE_LIMITING, RATE_LIMIT_PER_MINUTE, CACHE_MAX_SIZE, CACHE_MAX_MEMORY_MB,
  DISABLE_RESULT_CACHE  as the studio's first implementation read them
  OSPREY_RUNTIME        cpu or gpu: which build of ONNX Runtime (gpu where it was built and an NVIDIA driver is, else cpu)
  OSPREY_LOG_FORMAT     text or json: how a line of the log looks (text)
  OSPREY_HOME           folder for run/, which holds the log and the process id (target/server)
  OSPREY_START_SECONDS  how long --background waits for the server to be ready (300)
  JAVA                  the java command (that of JAVA_HOME, else the one on the PATH)
END
}

background=false
case ${1:-} in
    --background) background=true ;;
    --help | -h)
        usage
        exit
        ;;
    ?*)
        usage >&2
        exit 2
        ;;
esac

# shellcheck source=server-config/server.sh
. "$(dirname "$0")/server.sh"

address=${OSPREY_ADDRESS:-${REFEREE_HOST:-${ORFEAS_HOST:-127.0.0.1}}}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
runtime=${OSPREY_RUNTIME:-}
coach_port=${OSPREY_FINGERSPELLING_PORT:-${WEBSOCKET_PORT:-0}}
signs_port=${OSPREY_SIGNS_PORT:-0}

# "openjdk 17.0.15 2025-04-15"; Java 8 does not know the option and prints nothing.
version=$("$java" --version 2>/dev/null | sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p') || true
[ "${version:-0}" -ge 17 ] || fail "Osprey needs Java 17 or later; '$java' is ${version:-missing or older}. Set JAVA or JAVA_HOME."

if [ -z "$runtime" ]; then
    runtime=cpu
    if [ -d "$server/lib-onnxruntime_gpu" ] && { [ -e /proc/driver/nvidia/version ] || [ ! -d "$server/lib-onnxruntime" ]; }; then
        runtime=gpu
    fi
fi
case $runtime in
    cpu) onnxruntime=onnxruntime ;;
    gpu) onnxruntime=onnxruntime_gpu ;;
    *) fail "OSPREY_RUNTIME is cpu or gpu, not '$runtime'." ;;
esac
case ${OSPREY_LOG_FORMAT:-text} in
    text) logging=logging.properties ;;
    json) logging=logging-json.properties ;;
    *) fail "OSPREY_LOG_FORMAT is text or json, not '$OSPREY_LOG_FORMAT'." ;;
esac

for needed in "$root/target/osprey.war" "$server/payara-micro.jar" "$server/osprey-listen-check.jar" "$server/lib-$onnxruntime"; do
    [ -e "$needed" ] || fail "The server is not built: ${needed#"$root"/} is missing. Build it with: mvn -P$runtime package -DskipTests"
done

if pid=$(server_pid); then
    fail "Osprey already runs on port $port (process $pid)."
fi

mkdir -p "$run"
# Left by an earlier server; jars of another Payara version must not mix with this one's.
rm -rf "$payara"

command=("$java" @server-config/jvm.options)
# Installed where the server may not write: natives are unpacked beside its other files.
[ -w "$server" ] || command+=("-Dorg.bytedeco.javacpp.cachedir=$run/javacpp")
# What Payara is told after its start; it takes one file.
ports=$run/ports-$port.asadmin
: >"$ports"

# own_port NAME CAPABILITY PORT: a port of a capability's own, 0 for none
own_port() {
    [ "$3" != 0 ] || return 0
    command+=("-javaagent:$server/osprey-listen-check.jar=$address:$3" "-Dosprey.$2.port=$3")
    cat "server-config/$1-port.asadmin" >>"$ports"
}

own_port coach fingerspelling "$coach_port"
own_port signs signs "$signs_port"

# given VARIABLE KEY [UNIT]: a setting from a variable of the first implementation's, where it is set
given() {
    [ -z "${!1:-}" ] || command+=("-Dosprey.$2=${3:+PT}${!1}${3:-}")
}

# is_on VARIABLE: whether it is set to anything but these words
is_on() {
    case ${!1:-} in
        '' | 0 | [Ff][Aa][Ll][Ss][Ee] | [Nn][Oo] | [Oo][Ff][Ff]) return 1 ;;
    esac
}

# switched VARIABLE KEY: as given, of what is on or off
switched() {
    [ -n "${!1:-}" ] || return 0
    if is_on "$1"; then command+=("-Dosprey.$2=true"); else command+=("-Dosprey.$2=false"); fi
}

given CORS_ORIGINS access.allowed-origins
given MAX_CLIENTS signs.max-clients
given SOCKETIO_PING_INTERVAL socketio.ping-interval S
given SOCKETIO_PING_TIMEOUT socketio.ping-timeout S
given REFEREE_OUTPUT_DIR jobs.folder
given REFEREE_MAX_STREAMING_SESSIONS referee.max-sessions
given REFEREE_MAX_STREAMING_MEMORY_MB referee.max-spool-mib
given REFEREE_STREAMING_SESSION_TIMEOUT referee.session-timeout S
given REFEREE_FISHEYE_STRENGTH referee.fisheye-strength
given REFEREE_FISHEYE_BALANCE referee.fisheye-balance
switched REFEREE_STREAMING_ENABLED referee.streaming-enabled
switched REFEREE_FISHEYE_ENABLED referee.fisheye-enabled
given MAX_UPLOAD_MB studio.max-upload-mib
given CACHE_MAX_SIZE studio.cache-entries
given CACHE_MAX_MEMORY_MB studio.cache-mib
# Two variables for what is one setting.
if is_on ENABLE_RATE_LIMITING; then command+=("-Dosprey.studio.requests-per-minute=${RATE_LIMIT_PER_MINUTE:-60}"); fi
if is_on DISABLE_RESULT_CACHE; then command+=("-Dosprey.studio.cache-entries=0"); fi
command+=("-javaagent:$server/osprey-listen-check.jar=$address:$port"
    "-Donnxruntime.native.path=$server/native-$onnxruntime"
    "-Dosprey.server.address=$address"
    "-Dosprey.server.port=$port"
    -jar "$server/payara-micro.jar"
    --deploy "$root/target/osprey.war" --contextroot /
    --addlibs "$server/lib-$onnxruntime"
    --port "$port"
    --prebootcommandfile "$root/server-config/preboot.asadmin"
    --systemproperties "$root/server-config/osprey.properties"
    --logproperties "$root/server-config/$logging"
    --nohazelcast --disablephonehome
    --unpackdir "$payara")
[ ! -s "$ports" ] || command+=(--postbootcommandfile "$ports")

# OpenCV would print lines of its own for pictures that cannot be decoded, which clients send.
export OPENCV_LOG_LEVEL=OFF

if ! $background; then
    # exec keeps the process id.
    echo $$ >"$pid_file"
    exec "${command[@]}"
fi

case $address in
    0.0.0.0 | ::) probe=localhost ;;
    *) probe=$address ;;
esac

# By bash itself: neither curl nor wget is everywhere.
ready() {
    local status=
    {
        exec 3<>"/dev/tcp/$probe/$port" &&
            printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3 &&
            read -r -t 5 _ status _ <&3
    } 2>/dev/null
    [ "$status" = 200 ]
}

[ ! -e "$log_file" ] || mv -f "$log_file" "$log_file.1"
nohup "${command[@]}" >"$log_file" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$pid_file"

limit=${OSPREY_START_SECONDS:-300}
SECONDS=0
until (ready); do
    if grep -qs 'Exception while loading the app' "$log_file"; then
        grep -m 1 -A 1 'Exception while loading the app :' "$log_file" >&2
        kill "$pid" 2>/dev/null
        rm -f "$pid_file"
        exit 1
    fi
    # Then the process goes on and answers 503 to everything; nobody who starts it in the background waits for that.
    if grep -qs 'Osprey did not start' "$log_file"; then
        grep -m 1 -o 'Osprey did not start.*' "$log_file" >&2
        kill "$pid" 2>/dev/null
        rm -f "$pid_file"
        exit 1
    fi
    if ! kill -0 "$pid" 2>/dev/null; then
        rm -f "$pid_file"
        [ "$(wc -l <"$log_file")" -le 1 ] || echo "Osprey stopped while starting. The end of $log_file:" >&2
        tail -n 20 "$log_file" >&2
        exit 1
    fi
    [ "$SECONDS" -lt "$limit" ] || fail "Osprey (process $pid) is not ready after $limit s and keeps starting; see $log_file"
    sleep 0.5
done
echo "Osprey is ready at http://$probe:$port/ (process $pid, log $log_file)"
