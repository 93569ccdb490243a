# What start.ps1 and stop.ps1 share. Leaves the shell in the project folder, because jvm.options has paths relative to it.

function Setting($name, $default) {
    $value = [Environment]::GetEnvironmentVariable($name)
    if ($value) { $value } else { $default }
}

function Fail($message) {
    [Console]::Error.WriteLine($message)
    exit 1
}

$root = Split-Path -Parent $PSScriptRoot
Set-Location $root

$server = Join-Path $root 'target\server'
$port = Setting 'OSPREY_PORT' (Setting 'REFEREE_PORT' (Setting 'ORFEAS_PORT' '8080'))
$run = Join-Path (Setting 'OSPREY_HOME' $server) 'run'
$pidFile = Join-Path $run "osprey-$port.pid"
$logFile = Join-Path $run "osprey-$port.log"
# Payara's own files while it runs; not the temporary folder, where a killed server would leave 98 MB.
$payara = Join-Path $run "payara-$port"

# The server's process id, or nothing. A process that only inherited the number of a dead server is not it.
function Get-ServerProcessId {
    if (-not (Test-Path $pidFile)) { return }
    $id = [int] (Get-Content $pidFile -TotalCount 1)
    $process = Get-CimInstance Win32_Process -Filter "ProcessId = $id"
    if ($process -and "$($process.CommandLine)".Contains("-Dosprey.server.port=$port ") -and
            "$($process.CommandLine)".Contains("$server\payara-micro.jar")) {
        $id
    }
}
