#!/bin/sh
# Makes .venv with everything the program ("run") or its developers ("dev") need. Nothing to do = well under a second.
# Looks for a Python >= 3.12 that really runs (a pyenv shim may not), then for uv, which may fetch one.
set -eu
cd "$(dirname "$0")"
level=${1:-run}
wanted=$(cat pyproject.toml requirements/build.txt "requirements/$level.txt" bootstrap.sh | cksum)
stamp=".venv/made-for-$level"
[ -x .venv/bin/sospeso ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted $PWD" ] && exit 0

say() { printf '%s\n' "$*" >&2; }
suits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

find_python() {
    for name in python3.13 python3.12 python3.14 python3; do
        command -v "$name" >/dev/null 2>&1 && suits "$name" && command -v "$name" && return 0
    done
    for path in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        [ -x "$path" ] && suits "$path" && printf '%s\n' "$path" && return 0
    done
    return 1
}

if [ -e .venv ] && [ ! -O .venv ]; then
    say "The folder .venv here belongs to another account. Use a checkout of your own, or remove it."
    exit 2
fi
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    if python=$(find_python); then
        say "Making .venv with $("$python" --version)…"
        "$python" -m venv .venv
    elif command -v uv >/dev/null 2>&1; then
        say "No Python 3.12 or newer found; uv fetches one…"
        uv venv --quiet --python '>=3.12' --seed .venv
    else
        say "Sospeso needs Python 3.12 or newer, or uv. Install one of them and run this again."
        exit 2
    fi
fi
# A machine may forbid writing bytecode; without it the first start costs 6 s more.
unset PYTHONDONTWRITEBYTECODE
# A checkout that was moved or copied leaves scripts that point elsewhere: go by module, never by script.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
say "Installing what requirements/$level.txt lists…"
uv() { .venv/bin/python -m uv "$@"; }
uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode -r "requirements/$level.txt"
uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --reinstall -e .
.venv/bin/python -m compileall -q sospeso bots dialogs console forms storage rules
rm -f .venv/made-for-*
printf '%s' "$wanted $PWD" > "$stamp"
# What developers need holds all that the program needs.
[ "$level" = run ] || cat pyproject.toml requirements/build.txt requirements/run.txt bootstrap.sh | cksum | tr -d '\n' | sed "s|\$| $PWD|" > .venv/made-for-run
