#!/usr/bin/env bash
# The main job from nothing but the .NET SDK: installs CPython where none is found, then runs Python out of an assembly.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/build/provision.sh"
dotnet run --project "$root/samples/HelloPackage" -- "$@"
