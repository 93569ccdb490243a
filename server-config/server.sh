# What start.sh and stop.sh share; to be sourced. Leaves the shell in the project folder, because jvm.options has paths relative to it.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit

server=$root/target/server
port=${OSPREY_PORT:-${REFEREE_PORT:-${ORFEAS_PORT:-8080}}}
run=${OSPREY_HOME:-$server}/run
pid_file=$run/osprey-$port.pid
log_file=$run/osprey-$port.log
# Payara's own files while it runs; not the temporary folder, where a killed server would leave 98 MB.
payara=$run/payara-$port

fail() {
    echo "$*" >&2
    exit 1
}

# Prints the server's process id; fails if there is none. A process that only inherited the number of a dead server is not it.
server_pid() {
    local pid command
    [ -s "$pid_file" ] || return 1
    pid=$(<"$pid_file")
    if [ -r "/proc/$pid/cmdline" ]; then
        command=$(tr '\0' ' ' <"/proc/$pid/cmdline")
    else
        command=$(ps -ww -p "$pid" -o args= 2>/dev/null) || return 1
    fi
    [[ $command == *"-Dosprey.server.port=$port -jar $server/payara-micro.jar "* ]] && echo "$pid"
}
