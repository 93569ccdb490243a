<#
.SYNOPSIS
Stops the server that server-config\start.ps1 -Background started.

.DESCRIPTION
Windows can ask only programs with a window to stop; the server is ended at once.
Environment: OSPREY_PORT (8080) and OSPREY_HOME as given to start.ps1.
#>
param([switch] $Help)

if ($Help) { Get-Help $PSCommandPath -Full; exit }

. (Join-Path $PSScriptRoot 'server.ps1')

$id = Get-ServerProcessId
if (-not $id) {
    if (Test-Path $pidFile) { Remove-Item $pidFile }
    "No server of start.ps1 runs on port $port."
    exit
}

$process = Get-Process -Id $id
Stop-Process -Id $id -Force
if (-not $process.WaitForExit(30000)) { Fail "Osprey on port $port (process $id) does not end." }
Remove-Item $pidFile
if (Test-Path $payara) { Remove-Item -Recurse -Force $payara }
"Osprey on port $port (process $id): stopped."
