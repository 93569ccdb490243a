<#
.SYNOPSIS
Starts the server that "mvn package" built, in the foreground: the log goes to the terminal, Ctrl-C stops it.

.PARAMETER Background
Return when the server is ready; stop it with server-config\stop.ps1.

.DESCRIPTION
Environment, with defaults:
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
  OSPREY_HOME           folder for run\, which holds the log and the process id (target\server)
  OSPREY_START_SECONDS  how long -Background waits for the server to be ready (300)
  JAVA                  the java command (that of JAVA_HOME, else the one on the PATH)
#>
param([switch] $Background, [switch] $Help)

if ($Help) { Get-Help $PSCommandPath -Full; exit }

. (Join-Path $PSScriptRoot 'server.ps1')

$address = Setting 'OSPREY_ADDRESS' (Setting 'REFEREE_HOST' (Setting 'ORFEAS_HOST' '127.0.0.1'))
$coachPort = Setting 'OSPREY_FINGERSPELLING_PORT' (Setting 'WEBSOCKET_PORT' '0')
$signsPort = Setting 'OSPREY_SIGNS_PORT' '0'
$java = Setting 'JAVA' $(if ($env:JAVA_HOME) { Join-Path $env:JAVA_HOME 'bin\java.exe' } else { 'java' })

# "openjdk 17.0.15 2025-04-15"; Java 8 does not know the option and prints nothing here.
$version = 'missing or older'
try { if ("$(& $java --version 2>$null)" -match '^\S+ (\d+)') { $version = $Matches[1] } } catch { }
if ($version -notmatch '^\d+$' -or [int] $version -lt 17) {
    Fail "Osprey needs Java 17 or later; '$java' is $version. Set JAVA or JAVA_HOME."
}

$runtime = $env:OSPREY_RUNTIME
if (-not $runtime) {
    $runtime = 'cpu'
    if (Test-Path "$server\lib-onnxruntime_gpu") {
        $driver = Test-Path "$env:SystemRoot\System32\nvml.dll"
        if ($driver -or -not (Test-Path "$server\lib-onnxruntime")) { $runtime = 'gpu' }
    }
}
switch ($runtime) {
    'cpu' { $onnxruntime = 'onnxruntime' }
    'gpu' { $onnxruntime = 'onnxruntime_gpu' }
    default { Fail "OSPREY_RUNTIME is cpu or gpu, not '$runtime'." }
}
switch (Setting 'OSPREY_LOG_FORMAT' 'text') {
    'text' { $logging = 'logging.properties' }
    'json' { $logging = 'logging-json.properties' }
    default { Fail "OSPREY_LOG_FORMAT is text or json, not '$env:OSPREY_LOG_FORMAT'." }
}

foreach ($needed in 'target\osprey.war', 'target\server\payara-micro.jar', 'target\server\osprey-listen-check.jar', "target\server\lib-$onnxruntime") {
    if (-not (Test-Path (Join-Path $root $needed))) {
        Fail "The server is not built: $needed is missing. Build it with: mvn -P$runtime package -DskipTests"
    }
}

$running = Get-ServerProcessId
if ($running) { Fail "Osprey already runs on port $port (process $running)." }

New-Item -ItemType Directory -Force $run | Out-Null
# Left by an earlier server; jars of another Payara version must not mix with this one's.
if (Test-Path $payara) { Remove-Item -Recurse -Force $payara }

$arguments = @(
    '@server-config\jvm.options'
    "-javaagent:$server\osprey-listen-check.jar=${address}:$port"
    "-Donnxruntime.native.path=$server\native-$onnxruntime"
    "-Dosprey.server.address=$address"
    "-Dosprey.server.port=$port"
    '-jar', "$server\payara-micro.jar"
    '--deploy', "$root\target\osprey.war", '--contextroot', '/'
    '--addlibs', "$server\lib-$onnxruntime"
    '--port', $port
    '--prebootcommandfile', "$root\server-config\preboot.asadmin"
    '--systemproperties', "$root\server-config\osprey.properties"
    '--logproperties', "$root\server-config\$logging"
    '--nohazelcast', '--disablephonehome'
    '--unpackdir', $payara
)
# What Payara is told after its start; it takes one file.
$ports = "$run\ports-$port.asadmin"
Set-Content $ports ''
foreach ($own in @('coach', 'fingerspelling', $coachPort), @('signs', 'signs', $signsPort)) {
    if ($own[2] -ne '0') {
        $arguments = @("-javaagent:$server\osprey-listen-check.jar=${address}:$($own[2])", "-Dosprey.$($own[1]).port=$($own[2])") + $arguments
        Get-Content "$root\server-config\$($own[0])-port.asadmin" | Add-Content $ports
    }
}
if ($coachPort -ne '0' -or $signsPort -ne '0') { $arguments += '--postbootcommandfile', $ports }

# Settings from variables of the first implementations', where they are set.
$settings = @()
foreach ($given in @('CORS_ORIGINS', 'access.allowed-origins'), @('MAX_CLIENTS', 'signs.max-clients'),
    @('SOCKETIO_PING_INTERVAL', 'socketio.ping-interval', 'S'), @('SOCKETIO_PING_TIMEOUT', 'socketio.ping-timeout', 'S'),
    @('REFEREE_OUTPUT_DIR', 'jobs.folder'), @('REFEREE_MAX_STREAMING_SESSIONS', 'referee.max-sessions'),
    @('REFEREE_MAX_STREAMING_MEMORY_MB', 'referee.max-spool-mib'),
    @('REFEREE_STREAMING_SESSION_TIMEOUT', 'referee.session-timeout', 'S'),
    @('REFEREE_FISHEYE_STRENGTH', 'referee.fisheye-strength'), @('REFEREE_FISHEYE_BALANCE', 'referee.fisheye-balance'),
    @('MAX_UPLOAD_MB', 'studio.max-upload-mib'), @('CACHE_MAX_SIZE', 'studio.cache-entries'),
    @('CACHE_MAX_MEMORY_MB', 'studio.cache-mib')) {
    $value = Setting $given[0] ''
    if ($value) { $settings += if ($given.Count -eq 3) { "-Dosprey.$($given[1])=PT$value$($given[2])" } else { "-Dosprey.$($given[1])=$value" } }
}
foreach ($switched in @('REFEREE_STREAMING_ENABLED', 'referee.streaming-enabled'), @('REFEREE_FISHEYE_ENABLED', 'referee.fisheye-enabled')) {
    $value = Setting $switched[0] ''
    if ($value) { $settings += "-Dosprey.$($switched[1])=$("$($value -notin '0', 'false', 'no', 'off')".ToLower())" }
}
# Two variables for what is one setting.
$off = '', '0', 'false', 'no', 'off'
if ((Setting 'ENABLE_RATE_LIMITING' '') -notin $off) {
    $settings += "-Dosprey.studio.requests-per-minute=$(Setting 'RATE_LIMIT_PER_MINUTE' '60')"
}
if ((Setting 'DISABLE_RESULT_CACHE' '') -notin $off) { $settings += '-Dosprey.studio.cache-entries=0' }
$arguments = $settings + $arguments

if (-not $Background) {
    & $java $arguments
    exit $LASTEXITCODE
}

if (Test-Path $logFile) { Move-Item -Force $logFile "$logFile.1" }
# Start-Process joins its arguments without quoting them, and wants two files; the log is what goes to the error stream.
$quoted = $arguments | ForEach-Object { if ($_ -match '\s') { "`"$_`"" } else { $_ } }
$process = Start-Process -FilePath $java -ArgumentList $quoted -WindowStyle Hidden -PassThru `
    -RedirectStandardError $logFile -RedirectStandardOutput "$logFile.out"
# Without the handle the exit is not seen.
$null = $process.Handle
Set-Content $pidFile $process.Id

$probe = if ($address -in '0.0.0.0', '::') { 'localhost' } else { $address }
$limit = [int] (Setting 'OSPREY_START_SECONDS' 300)
$started = Get-Date
while ($true) {
    if ($process.HasExited) {
        Remove-Item $pidFile
        $end = @(Get-Content $logFile -Tail 20)
        if ($end.Count -gt 1) { [Console]::Error.WriteLine("Osprey stopped while starting. The end of ${logFile}:") }
        Fail ($end -join "`n")
    }
    try {
        $answer = Invoke-WebRequest -UseBasicParsing -TimeoutSec 5 "http://${probe}:$port/health/ready"
        if ($answer.StatusCode -eq 200) { break }
    } catch { }
    if (((Get-Date) - $started).TotalSeconds -ge $limit) {
        Fail "Osprey (process $($process.Id)) is not ready after $limit s and keeps starting; see $logFile"
    }
    Start-Sleep -Milliseconds 500
}
"Osprey is ready at http://${probe}:$port/ (process $($process.Id), log $logFile)"
