#!/usr/bin/env bash
set -euo pipefail

usage() {
    cat <<'END'
Usage: server-config/payara-server.sh COMMAND

Osprey on Payara Server: a domain of its own, in a folder of its own, with its libraries, listeners and settings.

  fetch      get the distribution from Maven Central (163 MB), of the version that pom.xml names; "prepare" does it where needed
  prepare    make the domain: listeners, thread pools, options of the virtual machine, libraries, settings; leaves it stopped
  start      start the domain; returns when Osprey is ready, where it is deployed
  deploy     deploy target/osprey.war at /, or again where it is deployed already; returns when Osprey is ready
  stop       stop the domain
  asadmin …  one of Payara's own commands, as in: asadmin list-applications, asadmin disable osprey

Environment:
  OSPREY_ADDRESS        address to listen on (127.0.0.1); counts at "prepare"
  OSPREY_PORT           port to listen on (8080); counts at "prepare"
  OSPREY_ADMIN_PORT     port of the administration console, always on 127.0.0.1 (4848); counts at "prepare"
  OSPREY_ADMIN_PASSWORD  password of its user "admin"; counts at "prepare", which otherwise makes one up and says where it is
  OSPREY_RUNTIME        cpu or gpu: which build of ONNX Runtime (gpu where it was built and an NVIDIA driver is, else cpu); counts
                        at "prepare"
  OSPREY_PAYARA         folder of the distribution (target/payara-server/payara6)
  OSPREY_DOMAIN         folder of the domain (target/payara-server/domains/osprey)
  OSPREY_START_SECONDS  how long Osprey may take to be ready (300)
  JAVA_HOME             the Java to use (that of the command java)
  Every other OSPREY_… is a setting of Osprey, as for start.sh; counts at "start".
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
server=$root/target/server
distribution=${OSPREY_PAYARA:-$root/target/payara-server/payara6}
domain=${OSPREY_DOMAIN:-$root/target/payara-server/domains/osprey}
name=$(basename "$domain")
folder=$(dirname "$domain")
password_file=$domain/admin-password
address=${OSPREY_ADDRESS:-127.0.0.1}
port=${OSPREY_PORT:-8080}
admin_port=${OSPREY_ADMIN_PORT:-4848}

fail() {
    echo "$*" >&2
    exit 1
}

fetch() {
    if [ -x "$distribution/bin/asadmin" ]; then return; fi
    [ -z "${OSPREY_PAYARA:-}" ] || fail "There is no Payara Server in $distribution."
    mvn -B -ntp -q dependency:unpack@payara-server || fail "Payara Server cannot be fetched from Maven Central."
    chmod +x "$distribution"/bin/* "$distribution"/glassfish/bin/*
}

# Payara's commands say at length what they have done; that is wanted where they fail.
quietly() {
    local output
    output=$("$@" 2>&1) || fail "$output"
}

# local_asadmin COMMAND …: those that need no running domain
local_asadmin() {
    "$distribution/bin/asadmin" --interactive=false --user admin --passwordfile "$password_file" "$@"
}

there() {
    [ -s "$domain/admin-port" ] || fail "There is no domain in $domain. Make one with: server-config/payara-server.sh prepare"
}

remote_asadmin() {
    there
    "$distribution/bin/asadmin" --interactive=false --host 127.0.0.1 --port "$(<"$domain/admin-port")" \
        --user admin --passwordfile "$password_file" "$@"
}

library_folder() {
    local runtime=${OSPREY_RUNTIME:-}
    if [ -z "$runtime" ]; then
        runtime=cpu
        if [ -d "$server/lib-onnxruntime_gpu" ] && { [ -e /proc/driver/nvidia/version ] || [ ! -d "$server/lib-onnxruntime" ]; }; then
            runtime=gpu
        fi
    fi
    case $runtime in
        cpu) echo onnxruntime ;;
        gpu) echo onnxruntime_gpu ;;
        *) fail "OSPREY_RUNTIME is cpu or gpu, not '$runtime'." ;;
    esac
}

# What must not listen, not even before the rest is prepared: IIOP, JMX and the data grid, which Osprey has no use for.
silence() {
    local config=configs.config.server-config listener
    echo "set $config.network-config.network-listeners.network-listener.http-listener-1.address=$address"
    echo "set $config.network-config.network-listeners.network-listener.admin-listener.address=127.0.0.1"
    echo "set $config.network-config.network-listeners.network-listener.http-listener-2.enabled=false"
    for listener in orb-listener-1 SSL SSL_MUTUALAUTH; do
        echo "set $config.iiop-service.iiop-listener.$listener.enabled=false"
    done
    echo "set $config.admin-service.jmx-connector.system.enabled=false"
    echo "set hazelcast-runtime-configuration.enabled=false"
    echo "set $config.hazelcast-config-specific-configuration.enabled=false"
}

# setting KEY VALUE: where "asadmin set-config-property --source=domain" changes it later
setting() {
    printf 'set-config-property --source=domain --propertyName=%s "--propertyValue=%s"\n' "$1" "$2"
}

# The commands that make a new domain Osprey's, one a line.
commands() {
    local onnxruntime=$1 config=configs.config.server-config option key value
    local http=$config.network-config.protocols.protocol.http-listener-1.http

    echo "disable-phone-home"
    # Or the first application would start the queues' broker, which listens on four ports of every interface.
    echo "set $config.jms-service.type=DISABLED"
    # As server-config/preboot.asadmin has it for Payara Micro.
    echo "set resources.jdbc-connection-pool.H2Pool.property.URL=jdbc:h2:\${com.sun.aas.instanceRoot}/lib/databases/embedded_default"
    echo "set resources.jdbc-connection-pool.__TimerPool.property.URL=jdbc:h2:\${com.sun.aas.instanceRoot}/lib/databases/ejbtimer"
    echo "set $http.trace-enabled=false"
    echo "set $http.server-header=false"
    echo "set $http.xpowered-by=false"
    echo "set $config.admin-service.das-config.dynamic-reload-enabled=false"
    echo "set $config.admin-service.das-config.autodeploy-enabled=false"

    # As Payara Micro is by itself; here five threads would serve everybody.
    echo "set $config.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size=200"
    echo "set $http.comet-support-enabled=true"

    # Models load on the container's own executor, and large ones for longer than the five minutes after which a task counts as hung.
    # The executors of the scheduler and of the jobs come with the application.
    echo "set resources.managed-executor-service.concurrent/__defaultManagedExecutorService.hung-after-seconds=3600"

    # The heap's size takes the place of Payara's. A colon would begin the next option.
    echo "delete-jvm-options -Xmx512m"
    grep '^-' server-config/jvm.options | while read -r option; do
        case $option in
            -Djava.awt.headless=true) continue ;; # Payara's own
            -Dorg.bytedeco.javacpp.cachedir=target/*) option="-Dorg.bytedeco.javacpp.cachedir=$root/${option#*=}" ;;
        esac
        echo "create-jvm-options ${option//:/\\:}"
    done
    option="-Donnxruntime.native.path=$server/native-$onnxruntime"
    echo "create-jvm-options ${option//:/\\:}"

    # Levels of named loggers; the log's form and place are the domain's own.
    local levels
    levels=$(sed -n -E '/^(java\.|PayaraMicro)/d; s/^([A-Za-z][A-Za-z0-9_.]*)\.level=([A-Z]+).*$/\1=\2/p' server-config/logging.properties)
    echo "set-log-levels ${levels//$'\n'/:}"

    setting osprey.server.address "$address"
    setting osprey.server.port "$port"
    setting osprey.model.repository "$root/models"
    setting osprey.jobs.folder "$domain/data"
    while IFS='=' read -r key value; do
        case $key in
            osprey.*) setting "${key%% *}" "${value# }" ;;
        esac
    done <server-config/osprey.properties

    # On the class path of the server itself, so that an application that is deployed again finds the natives loaded.
    local libraries=("$server/lib-$onnxruntime"/*.jar)
    printf 'add-library --type common'
    printf ' "%s"' "${libraries[@]}"
    echo
}

prepare() {
    [ ! -e "$domain" ] || fail "There is a domain in $domain; to make it anew, stop it and remove the folder."
    local onnxruntime needed output
    onnxruntime=$(library_folder)
    for needed in "$server/lib-$onnxruntime" "$server/native-$onnxruntime"; do
        [ -e "$needed" ] || fail "Osprey is not built: ${needed#"$root"/} is missing. Build it with: mvn package -DskipTests"
    done
    fetch
    mkdir -p "$folder"
    # Outside the domain's folder, which must not be there yet.
    password_file=$folder/.$name-admin-password
    local password=${OSPREY_ADMIN_PASSWORD:-}
    [ -n "$password" ] || password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    (umask 077 && printf 'AS_ADMIN_PASSWORD=%s\nAS_ADMIN_MASTERPASSWORD=changeit\n' "$password" >"$password_file")
    quietly local_asadmin create-domain --domaindir "$folder" --checkports=false --adminport "$admin_port" --instanceport "$port" "$name"
    mv "$password_file" "$domain/admin-password"
    password_file=$domain/admin-password
    echo "$admin_port" >"$domain/admin-port"
    echo "$port" >"$domain/port"
    # What answers where no application does would name the server.
    rm -rf "${domain:?}/docroot"/*
    silence >"$domain/silence.asadmin"
    commands "$onnxruntime" >"$domain/prepare.asadmin"
    quietly local_asadmin start-domain --domaindir "$folder" --prebootcommandfile "$domain/silence.asadmin" "$name"
    # It says "successfully" of the whole whatever became of the parts.
    output=$(remote_asadmin multimode --file "$domain/prepare.asadmin" 2>&1) || true
    stop
    ! grep -E -B 3 'Command [a-z-]+ failed|remote failure' <<<"$output" >&2 || fail "The domain could not be prepared."
    echo "The domain is prepared in $domain; the console's user is admin, its password is in ${password_file#"$root"/}"
}

log_size() {
    stat -c %s "$domain/logs/server.log" 2>/dev/null || echo 0
}

# By bash itself: neither curl nor wget is everywhere.
ready() {
    local status= host
    host=$(sed -n 's/^set .*http-listener-1.address=//p' "$domain/silence.asadmin")
    case $host in
        0.0.0.0 | ::) host=localhost ;;
    esac
    {
        exec 3<>"/dev/tcp/$host/$(<"$domain/port")" &&
            printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3 &&
            read -r -t 5 _ status _ <&3
    } 2>/dev/null
    [ "$status" = 200 ]
}

# await_ready SIZE: waits for Osprey; SIZE is that of the log before
await_ready() {
    local limit=${OSPREY_START_SECONDS:-300}
    SECONDS=0
    until (ready); do
        if tail -c "+$(($1 + 1))" "$domain/logs/server.log" | grep -m 1 -o 'Osprey did not start.*' >&2; then exit 1; fi
        [ "$SECONDS" -lt "$limit" ] || fail "Osprey is not ready after $limit s; see $domain/logs/server.log"
        sleep 0.5
    done
    echo "Osprey is ready on port $(<"$domain/port"); the console is at http://127.0.0.1:$(<"$domain/admin-port")/"
}

start() {
    there
    local before
    before=$(log_size)
    # OpenCV would print lines of its own for pictures that cannot be decoded, which clients send.
    OPENCV_LOG_LEVEL=OFF quietly local_asadmin start-domain --domaindir "$folder" "$name"
    case $(remote_asadmin show-component-status osprey 2>/dev/null || true) in
        *enabled*) await_ready "$before" ;;
        *) echo "The domain runs; the console is at http://127.0.0.1:$(<"$domain/admin-port")/" ;;
    esac
}

deploy() {
    there
    [ -e target/osprey.war ] || fail "Osprey is not built: target/osprey.war is missing. Build it with: mvn package -DskipTests"
    local before
    before=$(log_size)
    quietly remote_asadmin deploy --force=true --name osprey --contextroot / "$root/target/osprey.war"
    await_ready "$before"
}

stop() {
    there
    quietly local_asadmin stop-domain --domaindir "$folder" "$name"
}

case ${1:-} in
    fetch | prepare | start | deploy | stop)
        [ $# -eq 1 ] || { usage >&2 && exit 2; }
        "$1"
        ;;
    asadmin)
        shift
        remote_asadmin "$@"
        ;;
    --help | -h) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
